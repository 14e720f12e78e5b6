package agent

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"xinzhang/internal/problem"
)

//go:generate go run ./gen

// Describe writes the API as OpenAPI 3.1, in YAML.
func Describe() ([]byte, error) {
	s := &Server{}
	s.byName = s.pageMethods()
	return s.api(http.NewServeMux()).OpenAPI().YAML()
}

// socketMessages stand in no path of the description but are part of it.
var socketMessages = []reflect.Type{
	reflect.TypeFor[SocketCall](), reflect.TypeFor[SocketAnswer](), reflect.TypeFor[SocketEvent](),
	reflect.TypeFor[KeysEvent](), reflect.TypeFor[ProgressEvent](), reflect.TypeFor[OriginEvent](),
}

func (s *Server) api(mux *http.ServeMux) huma.API {
	api := problem.API(mux, "xinzhang-agent", "1", description)
	s.routes(api)
	return api
}
