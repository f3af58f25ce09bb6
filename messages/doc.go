// Package messages holds every string that a person reads, in Vietnamese,
// English and Bengali. The screens read the same files.
//
// A catalogue is a flat JSON object, LANGUAGE/NAME.json. Its keys are known
// here as NAME.KEY: "list.and" of vi/format.json is "format.list.and". A value
// is a text, or texts by the CLDR cardinal category of the parameter n:
//
//	"asked": {"one": "{n} question was asked.", "other": "{n} questions were asked."}
//
// The categories are those that the language has, all of them: one and other
// in English and Bengali (where one holds for 0 as well), other alone in
// Vietnamese. Beside them "zero" may say what is written for n = 0, in any
// language.
//
// {name} stands for a parameter. Whole numbers, days and instants are written
// as the language does; text is put in as it is.
//
// refusal.json is keyed by the code of a [journal.Refusal]. A parameter whose
// value has words of its own, "NAME.VALUE" in that file ("field.commune"), is
// shown by these.
package messages
