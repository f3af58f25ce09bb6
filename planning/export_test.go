package planning

// Clean is what texts are made before they are written.
var Clean = clean
