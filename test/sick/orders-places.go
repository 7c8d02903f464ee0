// Kinds of text that Go has, as arguments of functions: nothing runs long.
package main

import (
	"fmt"
	"os"
)

type Secret string

type Session struct {
	ID   int64
	Raw  []byte
	Kind Secret
}

//go:noinline
func check(session *Session, password []byte, secret Secret) int64 {
	total := session.ID + int64(len(password)) + int64(len(secret))
	if total > 1000000 {
		panic(string(password) + string(secret) + string(session.Raw))
	}
	return total
}

//go:noinline
func many(first, second, third, fourth string) int {
	total := len(first) + len(second) + len(third) + len(fourth)
	if total > 1000000 {
		panic(first + second + third + fourth)
	}
	return total
}

func main() {
	session := &Session{ID: 1, Raw: []byte(os.Args[0]), Kind: "admin"}
	fmt.Println(check(session, []byte("hunter2"), "hunter2"), many("a", "b", "c", os.Args[0]))
}
