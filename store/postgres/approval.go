package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"caunoi/approval"
)

const approvalColumns = `id, act, office, subject, by, at, change, state, decided_by, decided_at, key, sealed`

func scanApproval(r pgx.Rows) (a approval.Row, err error) {
	var decided *time.Time
	err = r.Scan(&a.ID, &a.Act, &a.Office, &a.Subject, &a.By, &a.At, &a.Change, &a.State, &a.DecidedBy, &decided, &a.Key, &a.Sealed)
	a.At, a.DecidedAt = utc(a.At), maybe(decided)
	return a, err
}

func (t *tx) PutApproval(a approval.Row) error {
	return fault("keep a request for approval", t.exec(`INSERT INTO approval (`+approvalColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, decided_by = excluded.decided_by,
			decided_at = excluded.decided_at, sealed = excluded.sealed`,
		a.ID, string(a.Act), a.Office, a.Subject, a.By, a.At, a.Change, string(a.State), a.DecidedBy, whenever(a.DecidedAt), a.Key, a.Sealed))
}

// Approval locks the row, so that of two who decide the second sees it decided.
func (t *tx) Approval(id string) (approval.Row, error) {
	lock := ` FOR UPDATE`
	if t.locks == nil { // a View changes nothing
		lock = ``
	}
	return one(collect(t, scanApproval, `SELECT `+approvalColumns+` FROM approval WHERE id = $1`+lock, id))
}

func (t *tx) ApprovalsOf(subject string) ([]approval.Row, error) {
	return collect(t, scanApproval, `SELECT `+approvalColumns+` FROM approval WHERE subject = $1 ORDER BY at DESC, id DESC`, subject)
}

func (t *tx) Approvals(by string, offices []string, limit int) ([]approval.Row, error) {
	return collect(t, scanApproval, `SELECT `+approvalColumns+` FROM approval
		WHERE by = $1 OR office = ANY($2) ORDER BY at DESC, id DESC LIMIT $3`, by, offices, limit)
}
