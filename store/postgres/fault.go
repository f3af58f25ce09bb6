package postgres

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"caunoi/store"
)

// Conditions of PostgreSQL (appendix A of its manual).
const (
	uniqueViolation   = "23505"
	readOnly          = "25006"
	serialization     = "40001"
	deadlock          = "40P01"
	diskFull          = "53100"
	outOfSharedMemory = "53200" // too many locks
)

func condition(err error) string {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return pe.Code
	}
	return ""
}

// repeatable says that a transaction failed because of another one, so that
// it may succeed if it runs again. Two that insert the same row at once are
// such a case, since each looked first.
func repeatable(err error) bool {
	if errors.Is(err, errAgain) {
		return true
	}
	if errors.Is(err, store.ErrUnknown) {
		return false
	}
	switch condition(err) {
	case serialization, deadlock, uniqueViolation, outOfSharedMemory:
		return true
	}
	return false
}

// fault says what was being done and puts the server's error into our terms.
func fault(doing string, err error) error {
	if err == nil {
		return nil
	}
	kind := error(nil)
	switch condition(err) {
	case diskFull:
		kind = store.ErrFull
	case readOnly:
		kind = store.ErrReadOnly
	}
	if kind != nil {
		return fmt.Errorf("%s: %w: %w", doing, kind, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
