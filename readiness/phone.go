// Package readiness judges, before a day of work, whether its phones and teams
// are ready: what a phone tells of itself is held against what the server
// serves, and who is in a team against what they answered. It counts no figure.
package readiness

import "time"

// PhoneState is how a phone stands, as it tells itself. Nothing in it can tell
// of a person: texts are codes, names of a program or a language.
type PhoneState struct {
	App       string          `json:"app" maxLength:"40" pattern:"^[A-Za-z0-9_.-]*$" doc:"the build of the app"`
	Reached   *time.Time      `json:"reached,omitempty" doc:"when the server last answered, by the phone's clock"`
	Signal    string          `json:"signal" enum:"idle,sending,unreached,busy,barred"`
	Epoch     string          `json:"epoch" maxLength:"64" pattern:"^[A-Za-z0-9-]*$"`
	Records   RecordsState    `json:"records"`
	Refused   []RefusedRecord `json:"refused" nullable:"false" maxItems:"50" doc:"why records came back"`
	Used      int64           `json:"used" minimum:"0" doc:"bytes that the browser keeps for the app, about"`
	Room      int64           `json:"room" minimum:"0" doc:"bytes that it would keep, those used among them"`
	Lasting   bool            `json:"lasting" doc:"the browser promised not to empty the storage"`
	OffsetMS  *int64          `json:"offset_ms,omitempty" doc:"the server's clock less the phone's, about"`
	Browser   string          `json:"browser" maxLength:"60" pattern:"^[A-Za-z0-9 .,/()_-]*$" doc:"its name and version, and the system's"`
	Language  string          `json:"language" enum:"vi,en,bn"`
	Installed bool            `json:"installed" doc:"opened from the home screen"`
	Offline   bool            `json:"offline" doc:"everything is there for use without network"`
	// Lists is nil where an older app does not tell them.
	Lists     []HeldList `json:"lists,omitzero" nullable:"false" maxItems:"500" doc:"the lists of people that are whole on the phone; an older app tells none"`
	Rehearsed *Rehearsed `json:"rehearsed,omitempty" doc:"its last rehearsal"`
}

// RecordsState counts the records of a phone by how they stand.
type RecordsState struct {
	Waiting  int `json:"waiting" minimum:"0"`
	Sent     int `json:"sent" minimum:"0"`
	Refused  int `json:"refused" minimum:"0"`
	Conflict int `json:"conflict" minimum:"0"`
	Apart    int `json:"apart" minimum:"0"`
	Mended   int `json:"mended" minimum:"0"`
	Held     int `json:"held,omitempty" minimum:"0" doc:"on the server without effect, until what they name is there"`
	Aside    int `json:"aside,omitempty" minimum:"0" doc:"set aside by the worker"`
}

// RefusedRecord is a code for which records came back, and how many.
type RefusedRecord struct {
	Code string `json:"code" maxLength:"60" pattern:"^[a-z_.]+$"`
	N    int    `json:"n" minimum:"1"`
}

// HeldList is the list of a commune's people as a phone holds it.
type HeldList struct {
	Commune string    `json:"commune" maxLength:"100" pattern:"^[A-Za-z0-9_.-]+$" doc:"its code"`
	People  int       `json:"people" minimum:"0"`
	At      time.Time `json:"at" doc:"when the server last said that it is the list, by its clock as the phone knows it"`
}

// Rehearsed is what came of a rehearsal.
type Rehearsed struct {
	At   time.Time `json:"at" doc:"the clock of the server that answered"`
	OK   bool      `json:"ok" doc:"each of its records would have been taken"`
	Code string    `json:"code,omitempty" maxLength:"60" pattern:"^[a-z_.]+$" doc:"why one would not"`
}
