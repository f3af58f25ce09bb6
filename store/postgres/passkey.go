package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"caunoi/access"
)

func scanPasskey(r pgx.Rows) (p access.Passkey, err error) {
	var credential string
	var used *time.Time
	err = r.Scan(&p.ID, &p.User, &p.Name, &credential, &p.Made, &used)
	p.Credential, p.Made, p.Used = []byte(credential), utc(p.Made), maybe(used)
	return p, err
}

const passkeyColumns = `id, user_id, name, credential, made, used`

func (t *tx) PutPasskey(p access.Passkey) error {
	return fault("write a passkey", t.exec(`INSERT INTO passkey (`+passkeyColumns+`) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (id) DO UPDATE SET credential = excluded.credential, used = excluded.used`,
		p.ID, p.User, p.Name, string(p.Credential), p.Made, whenever(p.Used)))
}

func (t *tx) Passkey(id []byte) (access.Passkey, error) {
	return one(collect(t, scanPasskey, `SELECT `+passkeyColumns+` FROM passkey WHERE id = $1`, id))
}

func (t *tx) PasskeysOf(user string) ([]access.Passkey, error) {
	return collect(t, scanPasskey, `SELECT `+passkeyColumns+` FROM passkey WHERE user_id = $1 ORDER BY made, id`, user)
}

func (t *tx) DropPasskey(id []byte) error {
	return fault("remove a passkey", t.exec(`DELETE FROM passkey WHERE id = $1`, id))
}
