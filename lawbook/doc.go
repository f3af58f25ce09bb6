// Package lawbook says in words what policy reckons in numbers: an answer with
// its steps, and a page for each rule and each parameter.
//
// The pages are made from the rules themselves. What goes into a rule, which
// rules a parameter bears on, and the worked examples are read off the traces
// of the questions in worked.json: amounts that were published, each with where
// it was seen, to which the tests of policy hold the calculators. So a page
// cannot say anything else than what is reckoned, and a rule without an example
// is found by a test.
//
// A page is known by the name that the steps and the parameters of a trace
// carry: voluntary_support, base_salary.
package lawbook
