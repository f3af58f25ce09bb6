package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/quarantine"
)

func (t *tx) PutStanding(s access.Standing) error {
	communes, err := pack(s.Communes)
	if err != nil {
		return err
	}
	return fault("keep what a user is", t.exec(`INSERT INTO standing (user_id, since, name, role, office, communes, disabled) VALUES ($1,$2,$3,$4,$5,$6,$7)
		ON CONFLICT (user_id, since) DO UPDATE SET name = excluded.name, role = excluded.role, office = excluded.office,
			communes = excluded.communes, disabled = excluded.disabled`,
		s.ID, s.Since, s.Name, s.Role, s.Office, communes, s.Disabled))
}

func (t *tx) Standings(user string) ([]access.Standing, error) {
	return collect(t, func(r pgx.Rows) (s access.Standing, err error) {
		var communes string
		if err := r.Scan(&s.ID, &s.Since, &s.Name, &s.Role, &s.Office, &communes, &s.Disabled); err != nil {
			return s, err
		}
		s.Since = utc(s.Since)
		return s, unpack(communes, &s.Communes)
	}, `SELECT user_id, since, name, role, office, communes, disabled FROM standing WHERE user_id = $1 ORDER BY since`, user)
}

func (t *tx) PutDevice(d access.Device) error {
	return fault("write a phone", t.exec(`INSERT INTO device (user_id, id, name, made, state, since, by, unsent, help, help_at, told, told_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)
		ON CONFLICT (user_id, id) DO UPDATE SET name = excluded.name, state = excluded.state, since = excluded.since,
			by = excluded.by, unsent = excluded.unsent, help = excluded.help, help_at = excluded.help_at,
			told = excluded.told, told_at = excluded.told_at`,
		d.User, d.ID, d.Name, d.Made, d.State, d.Since, d.By, d.Unsent, string(d.Help), whenever(d.HelpAt), string(d.Told), whenever(d.ToldAt)))
}

func scanDevice(r pgx.Rows) (d access.Device, err error) {
	var asked, tellsAt, seen *time.Time
	var help, tells string
	err = r.Scan(&d.User, &d.ID, &d.Name, &d.Made, &d.State, &d.Since, &d.By, &d.Unsent, &help, &asked, &tells, &tellsAt, &seen)
	if help != "" {
		d.Help, d.HelpAt = []byte(help), maybe(asked)
	}
	if tells != "" {
		d.Told, d.ToldAt = []byte(tells), maybe(tellsAt)
	}
	d.Made, d.Since, d.Seen = utc(d.Made), utc(d.Since), maybe(seen)
	return d, err
}

const deviceQuery = `SELECT d.user_id, d.id, d.name, d.made, d.state, d.since, d.by, d.unsent, d.help, d.help_at, d.told, d.told_at,
	(SELECT max(s.seen) FROM session AS s WHERE s."user" = d.user_id AND s.device = d.id) FROM device AS d`

func (t *tx) Device(user, id string) (access.Device, error) {
	return one(collect(t, scanDevice, deviceQuery+` WHERE d.user_id = $1 AND d.id = $2`, user, id))
}

func (t *tx) Devices(user string) ([]access.Device, error) {
	return collect(t, scanDevice, deviceQuery+` WHERE d.user_id = $1 OR $1 = '' ORDER BY d.user_id, d.id`, user)
}

const quarantineColumns = `entry, hash, user_id, device, office, campaign, kind, day, received_at, offset_ms, received_by, reason, state, decided, by, key, sealed`

func (t *tx) PutQuarantined(r quarantine.Row) error {
	return fault("keep an entry apart", t.exec(`INSERT INTO quarantine (`+quarantineColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)
		ON CONFLICT (entry, hash) DO UPDATE SET state = excluded.state, decided = excluded.decided, by = excluded.by,
			key = excluded.key, sealed = excluded.sealed`,
		r.Entry, r.Hash, r.User, r.Device, r.Office, r.Campaign, r.Kind, r.Day, r.Received.At, r.Received.OffsetMS, r.Received.By,
		r.Reason, r.State, whenever(r.Decided), r.By, r.Key, append([]byte{}, r.Sealed...)))
}

func (t *tx) Quarantined(user string) ([]quarantine.Row, error) {
	return collect(t, func(r pgx.Rows) (q quarantine.Row, err error) {
		var decided *time.Time
		err = r.Scan(&q.Entry, &q.Hash, &q.User, &q.Device, &q.Office, &q.Campaign, &q.Kind, &q.Day, &q.Received.At, &q.Received.OffsetMS, &q.Received.By,
			&q.Reason, &q.State, &decided, &q.By, &q.Key, &q.Sealed)
		q.Received.At, q.Decided = utc(q.Received.At), maybe(decided)
		return q, err
	}, `SELECT `+quarantineColumns+` FROM quarantine WHERE state = 'waiting' AND (user_id = $1 OR $1 = '') ORDER BY user_id, device, received_at, entry, hash`, user)
}

func (t *tx) CountQuarantined(user, device string) (int, error) {
	n, err := one(collect(t, scanInt, `SELECT count(*) FROM quarantine WHERE state = 'waiting' AND user_id = $1 AND device = $2`, user, device))
	return int(n), err
}

func (t *tx) IsQuarantined(entry journal.ID, hash []byte) (bool, error) {
	n, err := one(collect(t, scanInt, `SELECT count(*) FROM quarantine WHERE entry = $1 AND hash = $2`, entry, hash))
	return n > 0, err
}
