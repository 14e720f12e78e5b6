// Package wine runs the Windows program where there is no Windows: the agent under
// wine, its windows on a display of their own, a person who types into them. Wine is
// not Windows; what fails here fails there too, not the other way round.
package wine
