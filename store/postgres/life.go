package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"caunoi/store"
)

// place names where a database lives: the cluster, the database in it, and the
// timeline, which moves when a standby takes over or a backup is played back.
const place = `SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
	|| '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) FROM pg_control_system()`

// settleIn begins a new epoch where the data were moved to another place, by a
// restore from a backup or a change of servers, in which the last commits may
// have been lost.
func (s *Store) settleIn(ctx context.Context, conn *pgx.Conn) error {
	err := pgx.BeginFunc(ctx, conn, func(pg pgx.Tx) error {
		t := s.tx(ctx, pg, &locks{demand: &demand{}})
		if err := store.TakeKeys(t, s.keys); err != nil {
			return err
		}
		now, err := collect(t, scanText, place)
		if err != nil {
			return err
		}
		had, err := collect(t, scanText, `SELECT value FROM meta WHERE key = 'place'`)
		if err != nil {
			return err
		}
		if len(had) == 0 {
			return t.exec(`INSERT INTO meta (key, value) VALUES ('place', $1)`, now[0])
		}
		if had[0] == now[0] {
			return nil
		}
		if err := t.takeAll(); err != nil {
			return err
		}
		if err := t.exec(`UPDATE meta SET value = $1 WHERE key = 'place'`, now[0]); err != nil {
			return err
		}
		if err := t.Renew(); err != nil {
			return err
		}
		return t.renumber()
	})
	return fault("open "+s.name, err)
}

// renumber keeps the order of commit where the numbers of transactions come
// from another cluster and are ahead of this one's.
func (t *tx) renumber() error {
	ahead, err := collect(t, scanBool, `SELECT EXISTS (SELECT FROM entry WHERE xact >= pg_snapshot_xmax(pg_current_snapshot()))
		OR EXISTS (SELECT FROM change WHERE xact >= pg_snapshot_xmax(pg_current_snapshot()))`)
	if err != nil || !ahead[0] {
		return err
	}
	for _, query := range []string{
		`UPDATE entry SET xact = '0', position = o.n
			FROM (SELECT id, row_number() OVER (ORDER BY xact, position) AS n FROM entry) AS o WHERE entry.id = o.id`,
		`SELECT setval(pg_get_serial_sequence('entry', 'position'), greatest((SELECT max(position) FROM entry), 1))`,
		`UPDATE change SET xact = '0'`,
	} {
		if err := t.exec(query); err != nil {
			return err
		}
	}
	return nil
}
