// A service in Go that prices orders: usage [seconds (120) [exit|exec|fork FILE]]. One goroutine holds the ledger and sleeps, seven wait for it; two thousand times a second
// an order is priced. It tells the address of its pprof endpoint, and ends by itself. The event comes once, when there is such a FILE: it ends with 7, becomes itself anew, or starts a child.
package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

type Order struct {
	ID       int64
	Quantity int32
	Customer string
	password string
}

var ledger sync.Mutex

//go:noinline
func price(order *Order, discount int, customer string) int64 {
	total := int64(order.Quantity)*7 - int64(discount)
	if len(customer) > 90 {
		panic(order.password)
	}
	return total
}

func serve() {
	sum := int64(0)
	for number := 0; ; number++ {
		order := &Order{ID: int64(number), Quantity: int32(number%5) - 1, Customer: "ann", password: "hunter2"}
		sum += price(order, number%3, []string{"ann", "berta"}[number%2])
		time.Sleep(500 * time.Microsecond)
	}
}

func book(number int) {
	ledger.Lock()
	defer ledger.Unlock()
	fmt.Fprintln(os.Stderr, number)
}

func refresh() {
	ledger.Lock()
	time.Sleep(time.Hour)
}

func await(event string, file string) {
	for {
		if _, err := os.Stat(file); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	switch event {
	case "exit":
		os.Exit(7)
	case "exec":
		syscall.Exec("/proc/self/exe", os.Args[:2], os.Environ())
	case "fork":
		exec.Command("sleep", "2").Run()
	}
}

func main() {
	seconds := 120
	if len(os.Args) > 1 {
		seconds, _ = strconv.Atoi(os.Args[1])
	}
	if len(os.Args) > 3 {
		go await(os.Args[2], os.Args[3])
	}
	go refresh()
	time.Sleep(10 * time.Millisecond)
	for number := 0; number < 7; number++ {
		go book(number)
	}
	go serve()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, nil)
	fmt.Println(listener.Addr())
	time.Sleep(time.Duration(seconds) * time.Second)
}
