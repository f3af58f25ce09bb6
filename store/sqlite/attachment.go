package sqlite

import (
	"database/sql"

	"caunoi/attachment"
	"caunoi/journal"
)

func (t *tx) Pieces(entry journal.ID) ([]attachment.Piece, error) {
	return collect(t.q, func(r *sql.Rows) (p attachment.Piece, err error) {
		return p, r.Scan(&p.Digest, &p.Offset, &p.Bytes, &p.Key)
	}, `SELECT digest, start, bytes, key FROM attachment WHERE entry = ? ORDER BY digest, start`, entry)
}

func (t *tx) Picture(entry journal.ID, digest string) ([]attachment.Piece, error) {
	return collect(t.q, func(r *sql.Rows) (p attachment.Piece, err error) {
		p.Digest = digest
		return p, r.Scan(&p.Offset, &p.Bytes, &p.Key, &p.Sealed)
	}, `SELECT start, bytes, key, sealed FROM attachment WHERE entry = ? AND digest = ? ORDER BY start`, entry, digest)
}

func (t *tx) PutPiece(entry journal.ID, p attachment.Piece) error {
	return fault("keep a picture", t.q.exec(`INSERT INTO attachment (entry, digest, start, bytes, key, sealed) VALUES (?,?,?,?,?,?)`,
		entry, p.Digest, p.Offset, p.Bytes, p.Key, p.Sealed))
}

func (t *tx) DropPicture(entry journal.ID, digest string) error {
	return fault("drop a picture", t.q.exec(`DELETE FROM attachment WHERE entry = ? AND digest = ?`, entry, digest))
}

func (t *tx) Pictured() ([]journal.ID, error) {
	return collect(t.q, func(r *sql.Rows) (id journal.ID, err error) { return id, r.Scan(&id) },
		`SELECT DISTINCT entry FROM attachment ORDER BY entry`)
}
