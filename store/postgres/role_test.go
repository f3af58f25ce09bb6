package postgres

import (
	"errors"
	"testing"

	"caunoi/store"
	"caunoi/store/pgtest"
)

// Row-level security holds for whoever runs transactions: not for the
// superuser that the tests log in as, so the pool takes another role.
func TestPoolIsNotAboveRowSecurity(t *testing.T) {
	s := open(t, pgtest.URL(t))
	var role string
	var over bool
	err := s.pool.QueryRow(t.Context(), `SELECT current_user, (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)`).Scan(&role, &over)
	if err != nil || role != appRole || over {
		t.Errorf("got role %s, above: %v, %v", role, over, err)
	}
	if _, err := s.pool.Exec(t.Context(), `CREATE TABLE mine (x int)`); err == nil {
		t.Error("the role may create tables")
	}
}

// A login role that is above row-level security and cannot create the role is
// refused.
func TestRoleThatCannotStepDown(t *testing.T) {
	url := pgtest.URL(t)
	s := open(t, url)
	pgtest.Exec(t, url, `DROP ROLE IF EXISTS above_`+s.schema)
	pgtest.Exec(t, url, `CREATE ROLE above_`+s.schema+` LOGIN BYPASSRLS`)
	t.Cleanup(func() { pgtest.Exec(t, url, `DROP OWNED BY above_`+s.schema+`; DROP ROLE above_`+s.schema) })
	conn, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `SET ROLE above_`+s.schema); err != nil {
		t.Fatal(err)
	}
	if err := s.takeRole(t.Context(), conn); !errors.Is(err, store.ErrUnfit) {
		t.Errorf("got %v, want ErrUnfit", err)
	}
}
