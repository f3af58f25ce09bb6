//go:build !unix

package pgtest

import "errors"

func start() (string, error) {
	return "", errors.New("set CAUNOI_TEST_PG to the URL of a PostgreSQL server")
}
