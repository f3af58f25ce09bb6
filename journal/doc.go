// Package journal is the record of what happened in the field: entries that
// are appended once and never changed.
//
// An [Entry] is one fact made on one device: a session held, a person
// consulted, an enrolment. Its id (UUIDv7) is made where the fact is made, so
// that a phone may send it as often as it likes: the same id with the same
// content is the same entry, the same id with other content is a conflict and
// leaves the first one as it is.
//
// A correction is a new entry that supersedes an old one; a withdrawal is a
// correction that carries a reason and no body. An entry with everything that
// supersedes it, directly or through others, is a record, known by the id of
// its first entry (the root). Which of them holds is decided by package tally
// when it counts; the journal only keeps them together.
//
// Entries come in any order. One that names an entry not yet here (what it
// supersedes, its activity, its enrolment) is stored, acknowledged and held
// back: it waits for the missing id and is resolved in the transaction that
// brings it.
//
// The receipt says when the server first took the entry and by how much the
// device's clock was off then. It travels with exports, because whether an
// entry was late is a fact of the data, not of the order of work.
package journal
