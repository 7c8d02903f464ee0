/*
 * Prints where CPython of these headers keeps what the reader of stacks needs: `name offset` a line, names as in
 * src/evidence/inspectors/cpython-reader/layouts.py. Compiled by scripts/cpython-layouts.ts, once for each version:
 *   cc -I INCLUDE -I INCLUDE/internal -fsyntax-only … (nothing of libpython is linked)
 */
#define Py_BUILD_CORE 1
#include <Python.h>
#include <frameobject.h>
#include <stddef.h>
#include <stdio.h>
#include <structmember.h>
#include <traceback.h>
#if PY_VERSION_HEX >= 0x03090000
#include <internal/pycore_interp.h>
#include <internal/pycore_runtime.h>
#else
#include <internal/pycore_pystate.h>
#endif
#if PY_VERSION_HEX >= 0x030a0000
#include <internal/pycore_gc.h>
#endif
#if PY_VERSION_HEX >= 0x030b0000
#include <internal/pycore_dict.h>
#include <internal/pycore_frame.h>
#endif

#define AT(name, type, field) printf("%s %zu\n", name, offsetof(type, field))
#define IS(name, value) printf("%s %zu\n", name, (size_t)(value))

int main(void) {
  IS("version", PY_VERSION_HEX >> 16);

  AT("runtime_head", _PyRuntimeState, interpreters.head);
  AT("interp_next", PyInterpreterState, next);
  AT("interp_id", PyInterpreterState, id);
  AT("interp_sysdict", PyInterpreterState, sysdict);
#if PY_VERSION_HEX >= 0x030b0000
  AT("interp_threads", PyInterpreterState, threads.head);
#else
  AT("interp_threads", PyInterpreterState, tstate_head);
#endif
#if PY_VERSION_HEX >= 0x030c0000
  AT("interp_modules", PyInterpreterState, imports.modules);
  AT("interp_gil", PyInterpreterState, ceval.gil);
  AT("gil_holder", struct _gil_runtime_state, last_holder);
  AT("gil_locked", struct _gil_runtime_state, locked);
#else
  AT("interp_modules", PyInterpreterState, modules);
  AT("gil_holder", _PyRuntimeState, ceval.gil.last_holder);
  AT("gil_locked", _PyRuntimeState, ceval.gil.locked);
#endif

  AT("thread_next", PyThreadState, next);
  AT("thread_interp", PyThreadState, interp);
  AT("thread_ident", PyThreadState, thread_id);
#if PY_VERSION_HEX >= 0x030b0000
  AT("thread_native", PyThreadState, native_thread_id);
#endif
#if PY_VERSION_HEX >= 0x030d0000
  AT("thread_frame", PyThreadState, current_frame);
#elif PY_VERSION_HEX >= 0x030b0000
  AT("thread_cframe", PyThreadState, cframe);
  AT("cframe_frame", _PyCFrame, current_frame);
#else
  AT("thread_frame", PyThreadState, frame);
#endif

#if PY_VERSION_HEX >= 0x030b0000
#if PY_VERSION_HEX >= 0x030d0000
  AT("frame_code", _PyInterpreterFrame, f_executable);
  AT("frame_instr", _PyInterpreterFrame, instr_ptr);
#else
  AT("frame_code", _PyInterpreterFrame, f_code);
  AT("frame_instr", _PyInterpreterFrame, prev_instr);
#endif
  AT("frame_back", _PyInterpreterFrame, previous);
  AT("frame_globals", _PyInterpreterFrame, f_globals);
  AT("frame_names", _PyInterpreterFrame, f_locals);
  AT("frame_values", _PyInterpreterFrame, localsplus);
  AT("frame_owner", _PyInterpreterFrame, owner);
#if PY_VERSION_HEX >= 0x030e0000
  AT("frame_top", _PyInterpreterFrame, stackpointer);
#else
  AT("frame_top", _PyInterpreterFrame, stacktop);
#endif
  AT("code_qualname", PyCodeObject, co_qualname);
  AT("code_lines", PyCodeObject, co_linetable);
  AT("code_names", PyCodeObject, co_localsplusnames);
  AT("code_kinds", PyCodeObject, co_localspluskinds);
  AT("code_instr", PyCodeObject, co_code_adaptive);
  AT("gen_frame", PyGenObject, gi_iframe);
  AT("gen_state", PyGenObject, gi_frame_state);
#else
  AT("frame_code", PyFrameObject, f_code);
  AT("frame_instr", PyFrameObject, f_lasti);
  AT("frame_back", PyFrameObject, f_back);
  AT("frame_globals", PyFrameObject, f_globals);
  AT("frame_names", PyFrameObject, f_locals);
  AT("frame_values", PyFrameObject, f_localsplus);
  AT("frame_gen", PyFrameObject, f_gen);
  AT("frame_stack", PyFrameObject, f_valuestack);
#if PY_VERSION_HEX >= 0x030a0000
  AT("frame_depth", PyFrameObject, f_stackdepth);
  AT("frame_state", PyFrameObject, f_state);
  AT("code_lines", PyCodeObject, co_linetable);
#else
  AT("frame_top", PyFrameObject, f_stacktop);
  AT("frame_executing", PyFrameObject, f_executing);
  AT("code_lines", PyCodeObject, co_lnotab);
#endif
  AT("code_varnames", PyCodeObject, co_varnames);
  AT("code_cellvars", PyCodeObject, co_cellvars);
  AT("code_freevars", PyCodeObject, co_freevars);
  AT("gen_frame", PyGenObject, gi_frame);
#endif
  AT("code_consts", PyCodeObject, co_consts);
  AT("code_flags", PyCodeObject, co_flags);
  AT("code_file", PyCodeObject, co_filename);
  AT("code_name", PyCodeObject, co_name);
  AT("code_first", PyCodeObject, co_firstlineno);
#if PY_VERSION_HEX >= 0x030e0000
  IS("thread_size", sizeof(PyThreadState));
  AT("thread_tasks", _PyThreadStateImpl, asyncio_tasks_head);
  AT("interp_tasks", PyInterpreterState, asyncio_tasks_head);
#endif
  IS("code_size", sizeof(PyCodeObject));
  AT("gen_qualname", PyGenObject, gi_qualname);
#if PY_VERSION_HEX >= 0x030d0000
  IS("frame_size", sizeof(_PyInterpreterFrame));
#elif PY_VERSION_HEX >= 0x030b0000
  IS("frame_size", offsetof(_PyInterpreterFrame, localsplus));
#else
  IS("frame_size", offsetof(PyFrameObject, f_localsplus));
#endif

  AT("type_name", PyTypeObject, tp_name);
  AT("type_basic", PyTypeObject, tp_basicsize);
  AT("type_item", PyTypeObject, tp_itemsize);
  AT("type_flags", PyTypeObject, tp_flags);
  AT("type_base", PyTypeObject, tp_base);
  AT("type_dict", PyTypeObject, tp_dict);
  AT("type_mro", PyTypeObject, tp_mro);
  AT("type_dictoffset", PyTypeObject, tp_dictoffset);
  AT("type_keys", PyHeapTypeObject, ht_cached_keys);
  AT("type_qualname", PyHeapTypeObject, ht_qualname);
  IS("type_size", sizeof(PyHeapTypeObject));

  AT("int_digits", PyLongObject,
#if PY_VERSION_HEX >= 0x030c0000
     long_value.ob_digit
#else
     ob_digit
#endif
  );
  IS("str_ascii", sizeof(PyASCIIObject));
  IS("str_compact", sizeof(PyCompactUnicodeObject));
  AT("str_data", PyUnicodeObject, data);
  AT("bytes_data", PyBytesObject, ob_sval);
  AT("bytearray_start", PyByteArrayObject, ob_start);
  AT("tuple_items", PyTupleObject, ob_item);
  AT("list_items", PyListObject, ob_item);
  AT("float_value", PyFloatObject, ob_fval);
  AT("complex_value", PyComplexObject, cval);
  AT("dict_used", PyDictObject, ma_used);
  AT("dict_keys", PyDictObject, ma_keys);
  AT("dict_values", PyDictObject, ma_values);
#if PY_VERSION_HEX >= 0x030b0000
  AT("keys_indices", PyDictKeysObject, dk_indices);
  AT("keys_count", PyDictKeysObject, dk_nentries);
  AT("keys_log2", PyDictKeysObject, dk_log2_index_bytes);
  AT("keys_kind", PyDictKeysObject, dk_kind);
  AT("values_first", PyDictValues, values);
#endif
  AT("set_used", PySetObject, used);
  AT("set_mask", PySetObject, mask);
  AT("set_table", PySetObject, table);
  AT("function_code", PyFunctionObject, func_code);
  AT("function_qualname", PyFunctionObject, func_qualname);
  AT("method_function", PyMethodObject, im_func);
  AT("method_self", PyMethodObject, im_self);
  AT("cell_value", PyCellObject, ob_ref);
  AT("error_args", PyBaseExceptionObject, args);
  AT("error_traceback", PyBaseExceptionObject, traceback);
  AT("traceback_next", PyTracebackObject, tb_next);
  AT("traceback_frame", PyTracebackObject, tb_frame);
  AT("traceback_line", PyTracebackObject, tb_lineno);
#if PY_VERSION_HEX >= 0x030b0000
  AT("frameobject_frame", PyFrameObject, f_frame);
#endif
#if PY_VERSION_HEX >= 0x030c0000
  AT("thread_error", PyThreadState, current_exception);
#else
  AT("thread_error", PyThreadState, curexc_value);
  AT("thread_error_type", PyThreadState, curexc_type);
#endif
  AT("thread_handled", PyThreadState, exc_info);
  AT("handled_value", _PyErr_StackItem, exc_value);
#if PY_VERSION_HEX >= 0x03090000
  AT("runtime_finalizing", _PyRuntimeState, _finalizing);
#else
  AT("runtime_finalizing", _PyRuntimeState, finalizing);
#endif
  AT("weakref_object", PyWeakReference, wr_object);
  IS("member_size", sizeof(PyMemberDef));
#if PY_VERSION_HEX >= 0x03090000
  AT("interp_gc", PyInterpreterState, gc);
#else
  AT("runtime_gc", _PyRuntimeState, gc);
#endif
  AT("gc_generations", struct _gc_runtime_state, generations);
  AT("gc_first", struct _gc_runtime_state, generation0);
  AT("gc_permanent", struct _gc_runtime_state, permanent_generation);
  IS("gc_generation_size", sizeof(struct gc_generation));
  return 0;
}
