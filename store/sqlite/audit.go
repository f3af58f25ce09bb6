package sqlite

import (
	"database/sql"
	"strings"

	"caunoi/audit"
)

const auditColumns = `seq, at, act, actor, device, office, subject, outcome, details, hash`

func scanAudit(r *sql.Rows) (a audit.Row, err error) {
	var at int64
	var details string
	err = r.Scan(&a.Seq, &at, &a.Act, &a.Actor, &a.Device, &a.Office, &a.Subject, &a.Outcome, &details, &a.Hash)
	if err != nil {
		return a, err
	}
	a.At = instant(at)
	a.Read(details)
	return a, nil
}

func (t *tx) LastAudit() (a audit.Row, err error) {
	got, err := collect(t.q, scanAudit, `SELECT `+auditColumns+` FROM audit ORDER BY seq DESC LIMIT 1`)
	if err != nil || len(got) == 0 {
		return a, err
	}
	return got[0], nil
}

// Chain appends at once, since there is one writer.
func (t *tx) Chain(a audit.Row) error {
	last, err := t.LastAudit()
	if err != nil {
		return err
	}
	a = a.After(last, t.Derive(audit.Purpose))
	return fault("append to the audit", t.q.exec(`INSERT INTO audit (`+auditColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?)`,
		a.Seq, micros(a.At), string(a.Act), a.Actor, a.Device, a.Office, a.Subject, string(a.Outcome), a.Text, a.Hash))
}

func (t *tx) Audit(q audit.Query) ([]audit.Row, error) {
	cond, args := []string{`true`}, []any{}
	and := func(set bool, c string, arg any) {
		if set {
			cond, args = append(cond, c), append(args, arg)
		}
	}
	and(!q.From.IsZero(), `at >= ?`, micros(q.From))
	and(!q.To.IsZero(), `at < ?`, micros(q.To))
	and(q.Act != "", `act = ?`, q.Act)
	and(q.Actor != "", `actor = ?`, q.Actor)
	and(q.Subject != "", `subject = ?`, q.Subject)
	and(q.Actors != nil, `actor IN (SELECT value FROM json_each(?))`, texts(q.Actors))
	and(q.Offices != nil, `office IN (SELECT value FROM json_each(?))`, texts(q.Offices))
	than, way := `<`, ` DESC`
	if q.Up {
		than, way = `>`, ``
	}
	order, after := `seq`+way, `seq `+than+` ?`
	switch column := string(q.Order); q.Order {
	case audit.ByAct, audit.ByActor, audit.BySubject:
		order, after = column+way+`, `+order, `(`+column+`, seq) `+than+` (SELECT `+column+`, seq FROM audit WHERE seq = ?)`
	}
	and(q.After > 0, after, q.After)
	return collect(t.q, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE `+strings.Join(cond, ` AND `)+` ORDER BY `+order+` LIMIT ?`,
		append(args, q.Limit)...)
}

func (t *tx) AuditAfter(seq int64, limit int) ([]audit.Row, error) {
	return collect(t.q, scanAudit, `SELECT `+auditColumns+` FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`, seq, limit)
}
