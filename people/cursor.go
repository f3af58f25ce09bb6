package people

import "caunoi/journal"

// Nobody stands in a query for persons who are assigned to nobody.
const Nobody = "-"

// From finds the person after whom a list goes on: the cursor is the id, which
// tells nothing; nil for the beginning. Refusal cursor.bad if there is none.
func (q *Query) From(tx Tx, s Scope) (*Person, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	id, err := journal.ParseID(q.Cursor)
	if err != nil {
		return nil, journal.Refuse("cursor.bad")
	}
	list, err := tx.PeopleByID(s, []journal.ID{id})
	if err == nil && len(list) == 0 {
		err = journal.Refuse("cursor.bad")
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}
