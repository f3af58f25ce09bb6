package sqlite

import (
	"database/sql"

	"caunoi/approval"
)

const approvalColumns = `id, act, office, subject, by, at, change, state, decided_by, decided_at, key, sealed`

func scanApproval(r *sql.Rows) (a approval.Row, err error) {
	var at, decided int64
	err = r.Scan(&a.ID, &a.Act, &a.Office, &a.Subject, &a.By, &at, &a.Change, &a.State, &a.DecidedBy, &decided, &a.Key, &a.Sealed)
	a.At, a.DecidedAt = instant(at), maybe(decided)
	return a, err
}

func (t *tx) PutApproval(a approval.Row) error {
	return fault("keep a request for approval", t.q.exec(`INSERT INTO approval (`+approvalColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, decided_by = excluded.decided_by,
			decided_at = excluded.decided_at, sealed = excluded.sealed`,
		a.ID, string(a.Act), a.Office, a.Subject, a.By, micros(a.At), a.Change, string(a.State), a.DecidedBy, whenever(a.DecidedAt), a.Key, a.Sealed))
}

func (t *tx) Approval(id string) (approval.Row, error) {
	return one(collect(t.q, scanApproval, `SELECT `+approvalColumns+` FROM approval WHERE id = ?`, id))
}

func (t *tx) ApprovalsOf(subject string) ([]approval.Row, error) {
	return collect(t.q, scanApproval, `SELECT `+approvalColumns+` FROM approval WHERE subject = ? ORDER BY at DESC, id DESC`, subject)
}

func (t *tx) Approvals(by string, offices []string, limit int) ([]approval.Row, error) {
	return collect(t.q, scanApproval, `SELECT `+approvalColumns+` FROM approval
		WHERE by = ? OR office IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id DESC LIMIT ?`, by, texts(offices), limit)
}
