package postgres

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"caunoi/access"
	"caunoi/people"
	"caunoi/store"
	"caunoi/store/pgtest"
	"caunoi/store/storetest"
)

// TestRowsOfNoOffice: a pooled connection that served an office's request
// before shows no row to the next one that names no office. After the setting
// was set for one transaction it is ” and not NULL: a policy that tests for
// NULL, or compares by LIKE, would show everything then.
func TestRowsOfNoOffice(t *testing.T) {
	url := pgtest.URL(t)
	s := open(t, url+"&pool_max_conns=1")
	in := storetest.Intake(t, s)
	top := access.Actor{User: access.User{ID: "top", Role: access.Province, Office: "p"}}
	err := s.Update(t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		var rows []people.Record
		for _, commune := range []string{"001", "003"} {
			rows = append(rows, people.Record{Personal: people.Personal{Name: "Mô phỏng Hàng rào", Phone: "0900000011"}, Commune: commune, Village: "Thôn Thử", BirthYear: 1980})
		}
		out, err := in.People().Import(tx, plan, top, rows)
		if err == nil {
			_, err = in.People().Ask(tx, plan, top, out[0].ID, "access", false)
		}
		if err == nil {
			_, _, err = in.People().PhoneCode(tx, plan, top, out[0].ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	count := func(setting, table string) (n int) {
		t.Helper()
		err := pgx.BeginFunc(t.Context(), s.pool, func(pg pgx.Tx) error {
			if setting != "unset" {
				if _, err := pg.Exec(t.Context(), `SELECT set_config('caunoi.offices', $1, true)`, setting); err != nil {
					return err
				}
			}
			return pg.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, table := range []string{"person", "person_blind", "pair", "subject_request", "person_proof"} {
		if n := count("unset", table); n != 0 {
			t.Errorf("%s: %d rows on a fresh connection", table, n)
		}
		if n := count("*", table); n == 0 {
			t.Errorf("%s: no row for matching", table)
		}
	}
	if n := count("a", "person"); n != 1 {
		t.Errorf("office a sees %d, want 1", n)
	}
	for _, setting := range []string{"unset", "", "a%", "%", "ab", "A"} {
		for _, table := range []string{"person", "person_blind", "pair", "subject_request", "assignment", "consent", "person_proof"} {
			if n := count(setting, table); n != 0 {
				t.Errorf("%s: %d rows with the setting %q", table, n, setting)
			}
		}
	}
	// Nor does a row go in for an office that is not named.
	err = s.Update(t.Context(), func(st store.Tx) error {
		tx := st.(*tx)
		if err := tx.within(people.Scope{Offices: []string{"a"}}); err != nil {
			return err
		}
		return tx.exec(`UPDATE person SET office = 'b'`)
	})
	if err == nil {
		t.Error("a row was moved to an office out of scope")
	}
	var forced int
	err = s.pool.QueryRow(context.WithoutCancel(t.Context()), `SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace
		AND relrowsecurity AND relforcerowsecurity`).Scan(&forced)
	if err != nil || forced != 9 {
		t.Errorf("%d tables are behind the wall, want 9, %v", forced, err)
	}
}
