// An agent for the tests of Java: writes into the file that it is given (the options) whether a JVM would let it read local variables of other threads, `0` or `1`. Source: JVM Tool
// Interface, GetPotentialCapabilities.
#include <jvmti.h>
#include <stdio.h>

static jint tell(JavaVM *vm, const char *file) {
  jvmtiEnv *jvmti = NULL;
  jvmtiCapabilities potential;
  FILE *out = fopen(file, "w");
  if (out == NULL) return JNI_ERR;
  if ((*vm)->GetEnv(vm, (void **)&jvmti, JVMTI_VERSION_1_2) != JNI_OK) return JNI_ERR;
  if ((*jvmti)->GetPotentialCapabilities(jvmti, &potential) != JVMTI_ERROR_NONE) return JNI_ERR;
  fprintf(out, "%d\n", potential.can_access_local_variables);
  fclose(out);
  return JNI_OK;
}

JNIEXPORT jint JNICALL Agent_OnLoad(JavaVM *vm, char *options, void *reserved) {
  (void)reserved;
  return tell(vm, options);
}

JNIEXPORT jint JNICALL Agent_OnAttach(JavaVM *vm, char *options, void *reserved) {
  (void)reserved;
  return tell(vm, options);
}
