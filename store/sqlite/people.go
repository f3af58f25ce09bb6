package sqlite

import (
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/journal"
	"caunoi/people"
	"caunoi/tally"
)

const personColumns = `p.id, p.office, p.commune, p.village, p.household, p.birth_year, p.sex, p.student, p.no_school, p.si_months,
	p.cash, p.restricted, p.covers, p.added, p.changed, p.key, p.sealed, p.lead, p.paid, p.hi_until, p.si_until, p.in_cash, p.visited,
	p.outcome, p.visit_by, p.follow_up, p.attempts, p.assigned, p.callable`

func scanPerson(r *sql.Rows) (people.Person, error) { return scanPersonAnd(r) }

func scanPersonAnd(r *sql.Rows, more ...any) (p people.Person, err error) {
	var covers, paid string
	var added, changed, visited int64
	err = r.Scan(append([]any{
		&p.ID, &p.Office, &p.Commune, &p.Village, &p.Household, &p.BirthYear, &p.Sex, &p.Student, &p.NoSchool, &p.SIMonths,
		&p.Cash, &p.Restricted, &covers, &added, &changed, &p.Key, &p.Sealed, &p.Lead, &paid, &p.HIUntil, &p.SIUntil, &p.InCash, &visited,
		&p.Outcome, &p.VisitBy, &p.FollowUp, &p.Attempts, &p.Assigned, &p.Callable,
	}, more...)...)
	p.Added, p.Changed, p.LastVisit = instant(added), instant(changed), maybe(visited)
	if err == nil {
		err = unpack(covers, &p.Covers)
	}
	if err == nil {
		err = unpack(paid, &p.Paid)
	}
	return p, err
}

// pack writes a list as JSON; nothing for none.
func pack[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	b, err := json.Marshal(list)
	return string(b), err
}

func unpack[T any](text string, list *[]T) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), list)
}

func (t *tx) PutPeople(list []people.Person) error {
	for i := range list {
		if err := t.putPerson(&list[i]); err != nil {
			return fault("write a person", err)
		}
	}
	return nil
}

func (t *tx) putPerson(p *people.Person) error {
	covers, err := pack(p.Covers)
	if err != nil {
		return err
	}
	paid, err := pack(p.Paid)
	if err != nil {
		return err
	}
	err = t.q.exec(`INSERT INTO person VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET office = excluded.office, commune = excluded.commune, village = excluded.village,
			household = excluded.household, birth_year = excluded.birth_year, sex = excluded.sex, student = excluded.student,
			no_school = excluded.no_school, si_months = excluded.si_months, cash = excluded.cash, restricted = excluded.restricted,
			covers = excluded.covers, changed = excluded.changed, key = excluded.key, sealed = excluded.sealed, lead = excluded.lead,
			paid = excluded.paid, hi_until = excluded.hi_until, si_until = excluded.si_until, in_cash = excluded.in_cash,
			visited = excluded.visited, outcome = excluded.outcome, visit_by = excluded.visit_by, follow_up = excluded.follow_up,
			attempts = excluded.attempts, assigned = excluded.assigned, callable = excluded.callable`,
		p.ID, p.Office, p.Commune, p.Village, p.Household, p.BirthYear, p.Sex, p.Student, p.NoSchool, p.SIMonths,
		p.Cash, p.Restricted, covers, micros(p.Added), micros(p.Changed), p.Key, p.Sealed, p.Lead, paid, string(p.HIUntil), string(p.SIUntil),
		p.InCash, whenever(p.LastVisit), string(p.Outcome), p.VisitBy, string(p.FollowUp), p.Attempts, p.Assigned, p.Callable)
	if err != nil || p.Indexes == nil {
		return err
	}
	had, err := collect(t.q, scanString, `SELECT blind FROM person_blind WHERE person = ?`, p.ID)
	if err != nil {
		return err
	}
	for _, blind := range had {
		if !slices.Contains(p.Indexes, blind) {
			if err := t.q.exec(`DELETE FROM person_blind WHERE blind = ? AND person = ?`, blind, p.ID); err != nil {
				return err
			}
		}
	}
	for _, blind := range p.Indexes {
		if !slices.Contains(had, blind) {
			if err := t.q.exec(`INSERT INTO person_blind (blind, person) VALUES (?,?)`, blind, p.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func scanString(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }

// clauses gather conditions with their parameters.
type clauses struct {
	text strings.Builder
	args []any
}

func (w *clauses) and(condition string, args ...any) {
	w.text.WriteString(" AND ")
	w.text.WriteString(condition)
	w.args = append(w.args, args...)
}

// within keeps to a scope; the zero one holds nobody.
func (w *clauses) within(s people.Scope) {
	if s.Whole {
		return
	}
	w.and(`p.office IN (SELECT value FROM json_each(?))`, texts(s.Offices))
	w.communes(s)
}

func (w *clauses) communes(s people.Scope) {
	if len(s.Communes) > 0 {
		w.and(`p.commune IN (SELECT value FROM json_each(?))`, texts(s.Communes))
	}
}

func (t *tx) persons(s people.Scope, condition string, args ...any) ([]people.Person, error) {
	var w clauses
	w.and(condition, args...)
	w.within(s)
	return collect(t.q, scanPerson, `SELECT `+personColumns+` FROM person AS p WHERE true`+w.text.String()+` ORDER BY p.id`, w.args...)
}

func (t *tx) PeopleByID(s people.Scope, list []journal.ID) ([]people.Person, error) {
	return t.persons(s, `p.id IN (SELECT unhex(value) FROM json_each(?))`, ids(list))
}

func (t *tx) PeopleByKey(s people.Scope, keys []string) ([]people.Person, error) {
	return t.persons(s, `p.key IN (SELECT value FROM json_each(?))`, texts(keys))
}

func (t *tx) PeopleLedBy(s people.Scope, list []journal.ID) ([]people.Person, error) {
	return t.persons(s, `p.lead IN (SELECT unhex(value) FROM json_each(?))`, ids(list))
}

func (t *tx) PeopleByIndex(s people.Scope, indexes []string, most int) ([]people.Indexed, error) {
	w := clauses{args: []any{texts(indexes), most + 1, most}}
	w.within(s)
	return collect(t.q, func(r *sql.Rows) (x people.Indexed, err error) {
		x.Person, err = scanPersonAnd(r, &x.Index)
		return x, err
	}, `SELECT `+personColumns+`, b.blind FROM (SELECT DISTINCT value AS blind FROM json_each(?)) AS j
		JOIN person_blind AS b ON b.blind = j.blind
			AND (SELECT count(*) FROM (SELECT 1 FROM person_blind AS c WHERE c.blind = j.blind LIMIT ?)) <= ?
		JOIN person AS p ON p.id = b.person WHERE true`+w.text.String()+` ORDER BY b.blind, p.id`, w.args...)
}

func (t *tx) SharedPhones(campaign string, indicators []tally.Indicator, least int) ([]people.SharedPhone, error) {
	names := make([]string, len(indicators))
	for i, name := range indicators {
		names[i] = string(name)
	}
	return collect(t.q, func(r *sql.Rows) (p people.SharedPhone, err error) {
		return p, r.Scan(&p.Office, &p.Day, &p.People)
	}, `WITH phone AS (SELECT blind FROM person_blind WHERE blind >= '`+people.PhoneMark+`' AND blind < '`+people.PhoneMark+`~'
			GROUP BY blind HAVING count(*) >= ?3),
		who AS (SELECT b.blind, coalesce(p.lead, p.id) AS id, p.key, lower(hex(p.id)) AS x
			FROM phone JOIN person_blind AS b ON b.blind = phone.blind JOIN person AS p ON p.id = b.person),
		met AS (SELECT w.blind, w.id, t.root FROM who AS w JOIN tie AS t ON t.token = 'c:' || w.key WHERE w.key <> ''
			UNION SELECT w.blind, w.id, t.root FROM who AS w JOIN tie AS t
				ON t.token = 'r:' || substr(x, 1, 8) || '-' || substr(x, 9, 4) || '-' || substr(x, 13, 4) || '-' || substr(x, 17, 4) || '-' || substr(x, 21)),
		many AS (SELECT c.office, c.day, count(DISTINCT m.id) AS n FROM met AS m JOIN contribution AS c ON c.root = m.root
			WHERE c.campaign = ?1 AND c.dim = '' AND c.n_closed > 0 AND c.indicator IN (SELECT value FROM json_each(?2))
			GROUP BY c.office, c.day, m.blind)
		SELECT office, day, max(n) FROM many WHERE n >= ?3 GROUP BY office, day ORDER BY day, office`,
		campaign, texts(names), least)
}

func (t *tx) PeopleOfHouseholds(s people.Scope, households []people.Household) ([]journal.ID, error) {
	var out []journal.ID
	for _, h := range households {
		list, err := t.persons(s, `p.commune = ? AND p.household = ?`, h.Commune, h.Name)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

// listed is the condition of a worklist.
func listed(q people.Query) (string, []any) {
	today := string(q.Today)
	switch q.List {
	case people.Uncovered:
		return `p.hi_until < ?`, []any{today}
	case people.Ends30:
		return `p.hi_until BETWEEN ? AND ?`, []any{today, string(q.After(30))}
	case people.Ends60:
		return `p.hi_until BETWEEN ? AND ?`, []any{today, string(q.After(60))}
	case people.Lapsed:
		return `p.hi_until <> '' AND p.hi_until < ?`, []any{today}
	case people.Missing15:
		return `p.si_months BETWEEN ? AND ?`, []any{people.Missing15From, people.Missing15To}
	case people.PensionDue:
		return `p.in_cash`, nil
	case people.NoCard:
		return `p.student AND p.hi_until < ?`, []any{today}
	case people.FollowUps:
		return `p.follow_up <> '' AND p.follow_up <= ?`, []any{today}
	}
	return `true`, nil
}

// asked adds what a query asks beside its list.
func (w *clauses) asked(q people.Query) {
	if len(q.Indexes) > 0 {
		each := make([]string, len(q.Indexes))
		var args []any
		for i, index := range q.Indexes {
			each[i] = `SELECT person FROM person_blind WHERE blind = ?`
			args = append(args, index)
		}
		w.and(`p.id IN (`+strings.Join(each, " INTERSECT ")+`)`, args...)
	}
	for _, f := range []struct{ column, value string }{{"commune", q.Commune}, {"village", q.Village}, {"household", q.House}} {
		if f.value != "" {
			w.and(`p.`+f.column+` = ?`, f.value)
		}
	}
	switch q.Assigned {
	case "":
	case people.Nobody:
		w.and(`p.assigned = ''`)
	default:
		w.and(`p.assigned = ?`, q.Assigned)
	}
	if q.Callable {
		w.and(`p.callable`)
	}
	if q.List != "" || q.Callable {
		w.and(`NOT p.restricted`)
	}
}

// sorted goes on after a person in an order other than that of places, and
// tells that order. Whoever lacks what is sorted by stands last either way.
func (w *clauses) sorted(q people.Query, from *people.Person) string {
	column, none, value := "birth_year", "0", any(0)
	if from != nil {
		value = from.BirthYear
	}
	switch q.Order {
	case people.ByCard:
		if column, none = "hi_until", "''"; from != nil {
			value = string(from.HIUntil)
		}
	case people.ByFollowUp:
		if column, none = "follow_up", "''"; from != nil {
			value = string(from.FollowUp)
		}
	case people.ByVisit:
		if column = "visited"; from != nil {
			value = whenever(from.LastVisit)
		}
	}
	column = "p." + column
	lacks := `(` + column + ` = ` + none + `)`
	if q.Down { // what is empty is the least anyway
		if from != nil {
			w.and(`(`+column+`, p.id) < (?,?)`, value, blob(from.ID))
		}
		return column + ` DESC, p.id DESC`
	}
	if from != nil {
		w.and(`(`+lacks+`, `+column+`, p.id) > (? = `+none+`,?,?)`, value, value, blob(from.ID))
	}
	return lacks + `, ` + column + `, p.id`
}

// FindPeople goes through one office after the other, in the order of the
// index; where few are searched for, or another order is asked for, through all
// at once.
func (t *tx) FindPeople(s people.Scope, q people.Query) ([]people.Person, string, error) {
	from, err := q.From(t, s)
	if err != nil {
		return nil, "", err
	}
	offices := slices.Sorted(slices.Values(s.Offices))
	groups := [][]string{offices}
	placed := q.Order == people.ByPlace
	if placed && len(q.Indexes) == 0 {
		groups = slices.Collect(slices.Chunk(offices, 1))
	}
	var out []people.Person
	for _, group := range groups {
		if len(group) == 0 || placed && from != nil && group[len(group)-1] < from.Office {
			continue
		}
		var w clauses
		if len(group) == 1 {
			w.and(`p.office = ?`, group[0])
		} else {
			w.and(`p.office IN (SELECT value FROM json_each(?))`, texts(group))
		}
		w.communes(s)
		condition, args := listed(q)
		w.and(condition, args...)
		w.asked(q)
		order := `p.office, p.commune, p.village, p.household, p.id`
		if !placed {
			order = w.sorted(q, from)
		} else if from != nil {
			w.and(`(p.office, p.commune, p.village, p.household, p.id) > (?,?,?,?,?)`, from.Office, from.Commune, from.Village, from.Household, blob(from.ID))
		}
		page, err := collect(t.q, scanPerson, `SELECT `+personColumns+` FROM person AS p WHERE p.lead IS NULL`+w.text.String()+
			` ORDER BY `+order+` LIMIT ?`, append(w.args, q.Limit+1-len(out))...)
		if err != nil {
			return nil, "", err
		}
		if out = append(out, page...); len(out) > q.Limit {
			out = out[:q.Limit]
			return out, out[q.Limit-1].ID.String(), nil
		}
	}
	return out, "", nil
}

func (t *tx) CountPeople(s people.Scope, q people.Query) (int, error) {
	var w clauses
	w.within(s)
	condition, args := listed(q)
	w.and(condition, args...)
	w.asked(q)
	n, err := collect(t.q, scanInt, `SELECT count(*) FROM person AS p WHERE p.lead IS NULL`+w.text.String(), w.args...)
	if err != nil {
		return 0, err
	}
	return int(n[0]), nil
}

func (t *tx) CountLists(s people.Scope, q people.Query) (map[people.List]int, error) {
	var w clauses
	counts := make([]string, len(people.Lists))
	for i, list := range people.Lists {
		q.List = list
		condition, args := listed(q)
		counts[i] = `count(*) FILTER (WHERE ` + condition + `)`
		w.args = append(w.args, args...)
	}
	w.within(s)
	w.asked(q)
	got, err := collect(t.q, func(r *sql.Rows) (n []int, err error) {
		n = make([]int, len(people.Lists))
		into := make([]any, len(n))
		for i := range n {
			into[i] = &n[i]
		}
		return n, r.Scan(into...)
	}, `SELECT `+strings.Join(counts, ", ")+` FROM person AS p WHERE p.lead IS NULL`+w.text.String(), w.args...)
	if err != nil {
		return nil, err
	}
	out := map[people.List]int{}
	for i, list := range people.Lists {
		out[list] = got[0][i]
	}
	return out, nil
}

func (t *tx) Villages(s people.Scope, commune string, today journal.Day) ([]people.Village, error) {
	w := clauses{args: []any{string(today)}}
	w.within(s)
	if commune != "" {
		w.and(`p.commune = ?`, commune)
	}
	return collect(t.q, func(r *sql.Rows) (v people.Village, err error) {
		var least string
		var visited int64
		err = r.Scan(&v.Commune, &v.Name, &v.People, &v.Uncovered, &least, &v.Assigned, &visited)
		if least != v.Assigned {
			v.Assigned = ""
		}
		v.LastVisit = maybe(visited)
		return v, err
	}, `SELECT p.commune, p.village, count(*), count(*) FILTER (WHERE p.hi_until < ?), min(p.assigned), max(p.assigned), max(p.visited)
		FROM person AS p WHERE p.lead IS NULL`+w.text.String()+` GROUP BY p.commune, p.village ORDER BY p.commune, p.village`, w.args...)
}

func (t *tx) DropPeople(list []journal.ID) error {
	for _, query := range []string{
		`DELETE FROM person_blind WHERE person IN (SELECT unhex(value) FROM json_each(?))`,
		`DELETE FROM consent WHERE person IN (SELECT unhex(value) FROM json_each(?))`,
		`DELETE FROM person_proof WHERE person IN (SELECT unhex(value) FROM json_each(?))`,
		`DELETE FROM pair WHERE a IN (SELECT unhex(value) FROM json_each(?))`,
		`DELETE FROM pair WHERE b IN (SELECT unhex(value) FROM json_each(?))`,
		`DELETE FROM person WHERE id IN (SELECT unhex(value) FROM json_each(?))`,
	} {
		if err := t.q.exec(query, ids(list)); err != nil {
			return fault("remove people", err)
		}
	}
	return nil
}

func (t *tx) MoveOffices(officeOf map[string]string) error {
	for _, commune := range slices.Sorted(maps.Keys(officeOf)) {
		office := officeOf[commune]
		for _, query := range []string{
			`UPDATE person SET office = ? WHERE commune = ? AND office <> ?`,
			`UPDATE assignment SET office = ? WHERE commune = ? AND office <> ?`,
			`UPDATE pair SET office_a = ? WHERE commune_a = ? AND office_a <> ?`,
			`UPDATE pair SET office_b = ? WHERE commune_b = ? AND office_b <> ?`,
		} {
			if err := t.q.exec(query, office, commune, office); err != nil {
				return fault("move people to another office", err)
			}
		}
	}
	return nil
}

func (t *tx) PutAssignments(s people.Scope, list []people.Assignment) error {
	for _, a := range list {
		if !s.Holds(a.Office, a.Commune) {
			continue
		}
		err := t.q.exec(`DELETE FROM assignment WHERE commune = ? AND village = ? AND household = ?`, a.Commune, a.Village, a.Household)
		if err == nil && a.To != "" {
			err = t.q.exec(`INSERT INTO assignment (office, commune, village, household, user, by, at) VALUES (?,?,?,?,?,?,?)`,
				a.Office, a.Commune, a.Village, a.Household, a.To, a.By, micros(a.At))
		}
		if err == nil {
			err = t.q.exec(`UPDATE person SET assigned = coalesce(
					(SELECT user FROM assignment AS g WHERE g.commune = person.commune AND g.village = person.village AND g.household = person.household),
					(SELECT user FROM assignment AS g WHERE g.commune = person.commune AND g.village = person.village AND g.household = ''), '')
				WHERE commune = ? AND village = ? AND (household = ? OR ? = '')`, a.Commune, a.Village, a.Household, a.Household)
		}
		if err != nil {
			return fault("assign", err)
		}
	}
	return nil
}

func (t *tx) Assignments(s people.Scope, communes []string) ([]people.Assignment, error) {
	w := clauses{args: []any{texts(communes)}}
	w.within(s)
	return collect(t.q, func(r *sql.Rows) (a people.Assignment, err error) {
		var at int64
		err = r.Scan(&a.Office, &a.Commune, &a.Village, &a.Household, &a.To, &a.By, &at)
		a.At = instant(at)
		return a, err
	}, `SELECT p.office, p.commune, p.village, p.household, p.user, p.by, p.at FROM assignment AS p
		WHERE p.commune IN (SELECT value FROM json_each(?))`+w.text.String()+` ORDER BY p.commune, p.village, p.household`, w.args...)
}

func (t *tx) PutPair(p people.Pair) error {
	return fault("write a pair", t.q.exec(`INSERT INTO pair (id, a, b, office_a, office_b, commune_a, commune_b, score, reasons, state, entries)
		VALUES (?,?,?,?,?,?,?,?,?,?,'') ON CONFLICT (a, b) DO UPDATE SET office_a = excluded.office_a, office_b = excluded.office_b,
			commune_a = excluded.commune_a, commune_b = excluded.commune_b, score = excluded.score, reasons = excluded.reasons`,
		p.ID, p.A, p.B, p.OfficeA, p.OfficeB, p.CommuneA, p.CommuneB, p.Score, strings.Join(p.Reasons, " "), string(p.State)))
}

func (t *tx) SetPair(p people.Pair) error {
	entries, err := pack(p.Entries)
	if err != nil {
		return err
	}
	return fault("write a pair", t.q.exec(`UPDATE pair SET state = ?, entries = ? WHERE id = ?`, string(p.State), entries, p.ID))
}

func (t *tx) pairs(s people.Scope, condition string, args ...any) ([]people.Pair, error) {
	var w clauses
	w.and(condition, args[:len(args)-1]...)
	offices := texts(s.Offices)
	w.and(`(p.office_a IN (SELECT value FROM json_each(?)) OR p.office_b IN (SELECT value FROM json_each(?)))`, offices, offices)
	return collect(t.q, func(r *sql.Rows) (p people.Pair, err error) {
		var reasons, entries string
		err = r.Scan(&p.ID, &p.A, &p.B, &p.OfficeA, &p.OfficeB, &p.CommuneA, &p.CommuneB, &p.Score, &reasons, &p.State, &entries)
		p.Reasons = strings.Fields(reasons)
		if err == nil {
			err = unpack(entries, &p.Entries)
		}
		return p, err
	}, `SELECT p.id, p.a, p.b, p.office_a, p.office_b, p.commune_a, p.commune_b, p.score, p.reasons, p.state, p.entries FROM pair AS p
		WHERE true`+w.text.String()+` ORDER BY p.score DESC, p.id LIMIT ?`, append(w.args, args[len(args)-1])...)
}

func (t *tx) Pair(s people.Scope, id journal.ID) (people.Pair, error) {
	return one(t.pairs(s, `p.id = ?`, id, 1))
}

func (t *tx) Pairs(s people.Scope, state people.PairState, limit int) ([]people.Pair, error) {
	return t.pairs(s, `(p.state = ? OR ? = '')`, string(state), string(state), limit)
}

func (t *tx) PutConsent(c people.Consent) error {
	return fault("write a consent", t.q.exec(`INSERT INTO consent (id, person, purpose, text_version, channel, by, given, withdrawn, withdrawn_by, key, sealed)
		VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET withdrawn = excluded.withdrawn, withdrawn_by = excluded.withdrawn_by`,
		c.ID, c.Person, c.Purpose, c.TextVersion, c.Channel, c.By, micros(c.Given), whenever(c.Withdrawn), c.WithdrawnBy, c.Key, c.Sealed))
}

func (t *tx) ConsentsOf(s people.Scope, person journal.ID) ([]people.Consent, error) {
	w := clauses{args: []any{person}}
	w.within(s)
	return collect(t.q, func(r *sql.Rows) (c people.Consent, err error) {
		var given, withdrawn int64
		err = r.Scan(&c.ID, &c.Person, &c.Purpose, &c.TextVersion, &c.Channel, &c.By, &given, &withdrawn, &c.WithdrawnBy, &c.Key, &c.Sealed)
		c.Given, c.Withdrawn = instant(given), maybe(withdrawn)
		return c, err
	}, `SELECT c.id, c.person, c.purpose, c.text_version, c.channel, c.by, c.given, c.withdrawn, c.withdrawn_by, c.key, c.sealed
		FROM consent AS c JOIN person AS p ON p.id = c.person WHERE c.person = ?`+w.text.String()+` ORDER BY c.given, c.id`, w.args...)
}

func (t *tx) PutRequest(q people.Request) error {
	steps, err := pack(q.Steps)
	if err != nil {
		return err
	}
	return fault("write a request", t.q.exec(`INSERT INTO subject_request (id, person, office, kind, by, received, answer_due, finish_due, state, steps)
		VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET answer_due = excluded.answer_due, finish_due = excluded.finish_due,
			state = excluded.state, steps = excluded.steps`,
		q.ID, q.Person, q.Office, q.Kind, q.By, micros(q.Received), string(q.AnswerDue), string(q.FinishDue), q.State, steps))
}

func (t *tx) requests(s people.Scope, condition string, args ...any) ([]people.Request, error) {
	return collect(t.q, func(r *sql.Rows) (q people.Request, err error) {
		var received int64
		var steps string
		err = r.Scan(&q.ID, &q.Person, &q.Office, &q.Kind, &q.By, &received, &q.AnswerDue, &q.FinishDue, &q.State, &steps)
		q.Received = instant(received)
		if err == nil {
			err = unpack(steps, &q.Steps)
		}
		return q, err
	}, `SELECT p.id, p.person, p.office, p.kind, p.by, p.received, p.answer_due, p.finish_due, p.state, p.steps FROM subject_request AS p
		WHERE p.office IN (SELECT value FROM json_each(?)) AND `+condition+` ORDER BY p.received DESC, p.id DESC LIMIT ?`,
		append([]any{texts(s.Offices)}, args...)...)
}

func (t *tx) Request(s people.Scope, id journal.ID) (people.Request, error) {
	return one(t.requests(s, `p.id = ?`, id, 1))
}

func (t *tx) RequestsOf(s people.Scope, person journal.ID) ([]people.Request, error) {
	return t.requests(s, `p.person = ?`, person, 1000)
}

func (t *tx) Requests(s people.Scope, limit int) ([]people.Request, error) {
	return t.requests(s, `true`, limit)
}

// unneeded are conditions of people who may go: nothing statutory is held of
// them, and nothing is asked.
const unneeded = ` FROM person AS p WHERE p.covers = '' AND p.paid = '' AND p.si_months = 0 AND NOT p.cash AND NOT p.in_cash AND NOT p.restricted
		AND NOT EXISTS (SELECT 1 FROM subject_request AS q WHERE q.person = p.id AND q.state NOT IN ('done', 'refused'))`

func scanID(r *sql.Rows) (id journal.ID, err error) { return id, r.Scan(&id) }

func (t *tx) UntouchedPeople(before time.Time, limit int) ([]journal.ID, error) {
	return collect(t.q, scanID, `SELECT p.id`+unneeded+` AND p.changed < ?1 AND p.visited < ?1 ORDER BY p.id LIMIT ?2`, micros(before), limit)
}

func (t *tx) WithdrawnPeople(before time.Time, limit int) ([]journal.ID, error) {
	return collect(t.q, scanID, `SELECT p.id`+unneeded+`
		AND EXISTS (SELECT 1 FROM consent AS c WHERE c.person = p.id)
		AND NOT EXISTS (SELECT 1 FROM consent AS c WHERE c.person = p.id AND (c.withdrawn = 0 OR c.withdrawn >= ?1)) ORDER BY p.id LIMIT ?2`, micros(before), limit)
}
