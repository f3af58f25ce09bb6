package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"caunoi/store"
)

// appRole is the role in which transactions run. Row-level security does not
// hold for a superuser, nor for a role with BYPASSRLS.
const appRole = "caunoi_app"

// takeRole finds the role for the pool. A login role that row-level security
// would pass over creates appRole, whose rights are rows of our tables and no
// more; any other is bound as it is, since the policies are forced on owners.
func (s *Store) takeRole(ctx context.Context, conn *pgx.Conn) error {
	over, err := passesOver(ctx, conn)
	if err != nil || !over {
		return err
	}
	const roleLock = 0x6361756e6f69 // one process at a time in this database
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(roleLock)); err != nil {
		return fault("wait to create the role "+appRole, err)
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(roleLock)) }()
	schema := pgx.Identifier{s.schema}.Sanitize()
	for _, query := range []string{
		`CREATE ROLE ` + appRole + ` NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE`,
		`GRANT ` + appRole + ` TO CURRENT_USER`,
		`GRANT USAGE ON SCHEMA ` + schema + ` TO ` + appRole,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ` + schema + ` TO ` + appRole,
		`REVOKE UPDATE, DELETE ON ` + schema + `.audit FROM ` + appRole,
		`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ` + schema + ` TO ` + appRole,
	} {
		var pe *pgconn.PgError
		_, err := conn.Exec(ctx, query)
		if errors.As(err, &pe) && (pe.Code == "42710" || pe.Code == "23505") { // it is there
			continue
		}
		if err != nil {
			return fmt.Errorf("%w: the login role is above row-level security and may not set up %s: %w", store.ErrUnfit, appRole, err)
		}
	}
	s.role.Store(true)
	s.pool.Reset() // connections from before have the login role
	return nil
}

// assume puts a connection into the role, and makes sure of it.
func (s *Store) assume(ctx context.Context, conn *pgx.Conn) error {
	if !s.role.Load() {
		return nil
	}
	if _, err := conn.Exec(ctx, `SET ROLE `+appRole); err != nil {
		return fault("take the role "+appRole, err)
	}
	over, err := passesOver(ctx, conn)
	if err == nil && over {
		err = fmt.Errorf("%w: the role %s is above row-level security", store.ErrUnfit, appRole)
	}
	return err
}

func passesOver(ctx context.Context, conn *pgx.Conn) (over bool, err error) {
	err = conn.QueryRow(ctx, `SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user`).Scan(&over)
	return over, fault("read the role", err)
}
