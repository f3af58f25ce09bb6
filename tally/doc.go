// Package tally counts. Every figure on a screen, in a report or in an export
// comes from here, and nowhere else is anything counted a second time.
//
// A figure is a sum of contributions; a contribution is what one record of the
// journal adds at one place (campaign, office, commune, day, indicator).
// [Count] is the pure function from records to contributions, and holds the
// rules, one file each:
//
//   - record.go: which version of a record holds, on which day it happened,
//     whether it is late;
//   - person.go: who is the same person, who was reached, what of theirs
//     counts once, and for which office;
//   - session.go: which activities were held, and the head counts.
//
// Counting everything anew for each push would not do, so [Recount] counts
// the neighbourhood of what changed: all records tied to the new ones by a
// citizen number, a registry id, a decision or a reference, and what is tied
// to these. Records in different neighbourhoods cannot influence each other,
// with one exception, which is why it is a step of its own: the head count of
// a session, less those identified there. The step reads only figures.
//
// [Verify] counts the whole journal in one go and compares. It must find no
// difference, ever, in whatever order and however often entries came.
//
// An example. Two phones meet the same woman on one day: consultations a (at
// 9:00, office Sa Pa) and b (at 10:00, office Bát Xát) carry her citizen
// number. After a: reached.identified is 1 for Sa Pa. After b: the
// neighbourhood is {a, b}, one person, the first meeting is a; nothing is
// added. If b is corrected to another number, the neighbourhood is still
// {a, b}, now two persons; Bát Xát gains one.
package tally
