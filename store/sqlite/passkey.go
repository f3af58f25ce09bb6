package sqlite

import (
	"database/sql"

	"caunoi/access"
)

func scanPasskey(r *sql.Rows) (p access.Passkey, err error) {
	var made, used int64
	err = r.Scan(&p.ID, &p.User, &p.Name, &p.Credential, &made, &used)
	p.Made, p.Used = instant(made), maybe(used)
	return p, err
}

const passkeyColumns = `id, user_id, name, credential, made, used`

func (t *tx) PutPasskey(p access.Passkey) error {
	return fault("write a passkey", t.q.exec(`INSERT INTO passkey (`+passkeyColumns+`) VALUES (?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET credential = excluded.credential, used = excluded.used`,
		p.ID, p.User, p.Name, string(p.Credential), micros(p.Made), whenever(p.Used)))
}

func (t *tx) Passkey(id []byte) (access.Passkey, error) {
	return one(collect(t.q, scanPasskey, `SELECT `+passkeyColumns+` FROM passkey WHERE id = ?`, id))
}

func (t *tx) PasskeysOf(user string) ([]access.Passkey, error) {
	return collect(t.q, scanPasskey, `SELECT `+passkeyColumns+` FROM passkey WHERE user_id = ? ORDER BY made, id`, user)
}

func (t *tx) DropPasskey(id []byte) error {
	return fault("remove a passkey", t.q.exec(`DELETE FROM passkey WHERE id = ?`, id))
}
