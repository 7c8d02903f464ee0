/* A program that holds Python within itself: runs the file that it is given. */
#include <Python.h>
#include <stdio.h>

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "r") : NULL;
  if (file == NULL) return 2;
  Py_Initialize();
  return PyRun_SimpleFile(file, argv[1]);
}
