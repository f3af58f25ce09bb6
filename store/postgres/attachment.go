package postgres

import (
	"github.com/jackc/pgx/v5"

	"caunoi/attachment"
	"caunoi/journal"
)

func (t *tx) Pieces(entry journal.ID) ([]attachment.Piece, error) {
	return collect(t, func(r pgx.Rows) (p attachment.Piece, err error) {
		return p, r.Scan(&p.Digest, &p.Offset, &p.Bytes, &p.Key)
	}, `SELECT digest, start, bytes, key FROM attachment WHERE entry = $1 ORDER BY digest, start`, uid(entry))
}

func (t *tx) Picture(entry journal.ID, digest string) ([]attachment.Piece, error) {
	return collect(t, func(r pgx.Rows) (p attachment.Piece, err error) {
		p.Digest = digest
		return p, r.Scan(&p.Offset, &p.Bytes, &p.Key, &p.Sealed)
	}, `SELECT start, bytes, key, sealed FROM attachment WHERE entry = $1 AND digest = $2 ORDER BY start`, uid(entry), digest)
}

// PutPiece fails for a piece that another transaction put there meanwhile, and
// the update runs again, which sees it.
func (t *tx) PutPiece(entry journal.ID, p attachment.Piece) error {
	return fault("keep a picture", t.exec(`INSERT INTO attachment (entry, digest, start, bytes, key, sealed) VALUES ($1, $2, $3, $4, $5, $6)`,
		uid(entry), p.Digest, p.Offset, p.Bytes, p.Key, p.Sealed))
}

func (t *tx) DropPicture(entry journal.ID, digest string) error {
	return fault("drop a picture", t.exec(`DELETE FROM attachment WHERE entry = $1 AND digest = $2`, uid(entry), digest))
}

func (t *tx) Pictured() ([]journal.ID, error) {
	return collect(t, func(r pgx.Rows) (id journal.ID, err error) { return id, r.Scan((*uid)(&id)) },
		`SELECT DISTINCT entry FROM attachment ORDER BY entry`)
}
