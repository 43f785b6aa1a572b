# SPDX-License-Identifier: BSD-2-Clause
# Writes the file SETTINGS_OUT: each setting that a script of the suite has, or one of the matrix.
file(GLOB_RECURSE scripts CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/conformance/suite/*.pkt"
     "${PROJECT_SOURCE_DIR}/conformance/matrix/*.c")
set(found "")
foreach(script IN LISTS scripts)
    file(STRINGS "${script}" lines REGEX "//: *policy ")
    foreach(line IN LISTS lines)
        string(REGEX MATCHALL "policy [a-z0-9_]+=[0-9]+" several "${line}")
        list(APPEND found ${several})
    endforeach()
endforeach()
list(REMOVE_DUPLICATES found)
list(SORT found)
set(text "/* SPDX-License-Identifier: BSD-2-Clause */\n/* Made by fuzz/settings.cmake. */\n")
string(APPEND text "#include \"fuzz/event.h\"\n\n")
string(APPEND text "static const struct anvil_target_setting settings[] = {\n")
foreach(setting IN LISTS found)
    string(REGEX REPLACE "policy ([a-z0-9_]+)=([0-9]+)" "    { \"\\1\", UINT64_C(\\2) },\n"
           row "${setting}")
    string(APPEND text "${row}")
endforeach()
string(APPEND text "};\n\n_Static_assert(sizeof settings / sizeof settings[0] <= "
                   "FUZZ_SETTINGS_MOST, \"they fit\");\n\n")
string(APPEND text "const struct anvil_target_setting *fuzz_setting_at(size_t index)\n{\n")
string(APPEND text "    return index < sizeof settings / sizeof settings[0] ? &settings[index] "
                   ": NULL;\n}\n")
file(CONFIGURE OUTPUT "${SETTINGS_OUT}" CONTENT "${text}" @ONLY)
