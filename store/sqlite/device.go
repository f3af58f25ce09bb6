package sqlite

import (
	"database/sql"

	"caunoi/access"
	"caunoi/journal"
	"caunoi/quarantine"
)

func (t *tx) PutStanding(s access.Standing) error {
	communes, err := pack(s.Communes)
	if err != nil {
		return err
	}
	return fault("keep what a user is", t.q.exec(`INSERT INTO standing (user_id, since, name, role, office, communes, disabled) VALUES (?,?,?,?,?,?,?)
		ON CONFLICT (user_id, since) DO UPDATE SET name = excluded.name, role = excluded.role, office = excluded.office,
			communes = excluded.communes, disabled = excluded.disabled`,
		s.ID, whenever(s.Since), s.Name, string(s.Role), s.Office, communes, s.Disabled))
}

func (t *tx) Standings(user string) ([]access.Standing, error) {
	return collect(t.q, func(r *sql.Rows) (s access.Standing, err error) {
		var since int64
		var communes string
		if err := r.Scan(&s.ID, &since, &s.Name, &s.Role, &s.Office, &communes, &s.Disabled); err != nil {
			return s, err
		}
		s.Since = maybe(since)
		return s, unpack(communes, &s.Communes)
	}, `SELECT user_id, since, name, role, office, communes, disabled FROM standing WHERE user_id = ? ORDER BY since`, user)
}

func (t *tx) PutDevice(d access.Device) error {
	return fault("write a phone", t.q.exec(`INSERT INTO device (user_id, id, name, made, state, since, by, unsent, help, help_at, told, told_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (user_id, id) DO UPDATE SET name = excluded.name, state = excluded.state, since = excluded.since,
			by = excluded.by, unsent = excluded.unsent, help = excluded.help, help_at = excluded.help_at,
			told = excluded.told, told_at = excluded.told_at`,
		d.User, d.ID, d.Name, micros(d.Made), string(d.State), micros(d.Since), d.By, d.Unsent, string(d.Help), whenever(d.HelpAt), string(d.Told), whenever(d.ToldAt)))
}

func scanDevice(r *sql.Rows) (d access.Device, err error) {
	var made, since, asked, tellsAt, seen int64
	var help, tells string
	err = r.Scan(&d.User, &d.ID, &d.Name, &made, &d.State, &since, &d.By, &d.Unsent, &help, &asked, &tells, &tellsAt, &seen)
	if help != "" {
		d.Help, d.HelpAt = []byte(help), maybe(asked)
	}
	if tells != "" {
		d.Told, d.ToldAt = []byte(tells), maybe(tellsAt)
	}
	d.Made, d.Since, d.Seen = instant(made), instant(since), maybe(seen)
	return d, err
}

const deviceQuery = `SELECT d.user_id, d.id, d.name, d.made, d.state, d.since, d.by, d.unsent, d.help, d.help_at, d.told, d.told_at,
	coalesce((SELECT max(s.seen) FROM session AS s WHERE s.user = d.user_id AND s.device = d.id), 0) FROM device AS d`

func (t *tx) Device(user, id string) (access.Device, error) {
	return one(collect(t.q, scanDevice, deviceQuery+` WHERE d.user_id = ? AND d.id = ?`, user, id))
}

func (t *tx) Devices(user string) ([]access.Device, error) {
	return collect(t.q, scanDevice, deviceQuery+` WHERE d.user_id = ?1 OR ?1 = '' ORDER BY d.user_id, d.id`, user)
}

const quarantineColumns = `entry, hash, user_id, device, office, campaign, kind, day, received_at, offset_ms, received_by, reason, state, decided, by, key, sealed`

func (t *tx) PutQuarantined(r quarantine.Row) error {
	return fault("keep an entry apart", t.q.exec(`INSERT INTO quarantine (`+quarantineColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (entry, hash) DO UPDATE SET state = excluded.state, decided = excluded.decided, by = excluded.by,
			key = excluded.key, sealed = excluded.sealed`,
		r.Entry, r.Hash, r.User, r.Device, r.Office, r.Campaign, r.Kind, string(r.Day), micros(r.Received.At), r.Received.OffsetMS, r.Received.By,
		r.Reason, string(r.State), whenever(r.Decided), r.By, r.Key, append([]byte{}, r.Sealed...)))
}

func (t *tx) Quarantined(user string) ([]quarantine.Row, error) {
	return collect(t.q, func(r *sql.Rows) (q quarantine.Row, err error) {
		var at, decided int64
		err = r.Scan(&q.Entry, &q.Hash, &q.User, &q.Device, &q.Office, &q.Campaign, &q.Kind, &q.Day, &at, &q.Received.OffsetMS, &q.Received.By,
			&q.Reason, &q.State, &decided, &q.By, &q.Key, &q.Sealed)
		q.Received.At, q.Decided = instant(at), maybe(decided)
		return q, err
	}, `SELECT `+quarantineColumns+` FROM quarantine WHERE state = 'waiting' AND (user_id = ?1 OR ?1 = '') ORDER BY user_id, device, received_at, entry, hash`, user)
}

func (t *tx) CountQuarantined(user, device string) (int, error) {
	n, err := one(collect(t.q, scanInt, `SELECT count(*) FROM quarantine WHERE state = 'waiting' AND user_id = ? AND device = ?`, user, device))
	return int(n), err
}

func (t *tx) IsQuarantined(entry journal.ID, hash []byte) (bool, error) {
	n, err := one(collect(t.q, scanInt, `SELECT count(*) FROM quarantine WHERE entry = ? AND hash = ?`, entry, hash))
	return n > 0, err
}
