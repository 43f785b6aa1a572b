# SPDX-License-Identifier: BSD-2-Clause
# Writes the file OUT: one branch for each of 11 * 16 * 11 cells. The statement in a branch is
# different from all others, so that no compiler makes one of two.
set(text "/* SPDX-License-Identifier: BSD-2-Clause */\n/* Made by fuzz/cells.cmake. */\n")
string(APPEND text "#include \"fuzz/reached.h\"\n\nvoid fuzz_cell(unsigned cell)\n{\n")
string(APPEND text "    switch (cell) {\n")
foreach(cell RANGE 1935)
    string(APPEND text
           "    case ${cell}: __asm__ volatile(\"\" : : \"i\"(${cell}) : \"memory\"); break;\n")
endforeach()
string(APPEND text "    }\n}\n")
file(CONFIGURE OUTPUT "${OUT}" CONTENT "${text}" @ONLY)
