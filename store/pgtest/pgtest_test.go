package pgtest

import (
	"testing"
)

func TestSchemasAreEmptyAndApart(t *testing.T) {
	one, two := URL(t), URL(t)
	Exec(t, one, `CREATE TABLE here (n integer)`)
	Exec(t, two, `CREATE TABLE here (n integer)`)
	Exec(t, one, `SELECT n FROM here`)
}
