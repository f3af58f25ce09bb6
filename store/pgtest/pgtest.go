// Package pgtest gives tests a PostgreSQL database.
//
// CAUNOI_TEST_PG may hold the URL of a running server, whose user may create
// schemas there. Without it the first test of a process that asks starts a
// server on a free loopback port, which ends with the process. There is no
// third way: a test that needs PostgreSQL fails where there is none.
package pgtest

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

var server = sync.OnceValues(func() (string, error) {
	if u := os.Getenv("CAUNOI_TEST_PG"); u != "" {
		return u, nil
	}
	return start()
})

// URL gives the URL of an empty schema, which is dropped when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	base, err := server()
	if err != nil {
		t.Fatal(err)
	}
	schema := "test_" + strings.ToLower(rand.Text())
	Exec(t, base, `CREATE SCHEMA `+schema)
	t.Cleanup(func() { Exec(t, base, `DROP SCHEMA `+schema+` CASCADE`) })
	return With(t, base, "search_path", schema)
}

// Exec runs SQL at a URL.
func Exec(t testing.TB, url, sql string) {
	t.Helper()
	// Not t.Context, which has ended when Cleanup runs.
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// With sets a parameter of a URL.
func With(t testing.TB, base, key, value string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}
