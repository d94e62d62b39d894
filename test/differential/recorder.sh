#!/bin/sh
# The exec plugin of the differential suite. In $RECORD it leaves a folder for each of its runs, with
# what it was given; then it does what $RECORD/act says, with $n for the number of the run, or prints
# $RECORD/reply.
n=1
until mkdir "$RECORD/run-$n" 2>/dev/null; do n=$((n + 1)); done
run=$RECORD/run-$n

# As the kernel has them: a shell orders its variables anew, and drops what is no name to it.
if [ -r /proc/$$/environ ]; then
  cat /proc/$$/environ >"$run/environ"
  cat /proc/$$/cmdline >"$run/cmdline"
else
  env -0 >"$run/environ"
  for word in /bin/sh "$0" "$@"; do printf '%s\0' "$word"; done >"$run/cmdline"
fi
pwd >"$run/cwd"

if [ -t 0 ]; then
  kind=terminal
elif [ -p /dev/stdin ]; then
  kind=pipe
elif [ -S /dev/stdin ]; then
  kind=socket
elif [ -c /dev/stdin ]; then
  kind=null
else
  kind=file
fi
echo "$kind" >"$run/stdin"

if [ -e "$RECORD/act" ]; then . "$RECORD/act"; else cat "$RECORD/reply"; fi
