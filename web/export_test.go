package web

// Settle waits until nothing is read or written beside requests.
func (s *Server) Settle() { s.lists.work.Wait() }
