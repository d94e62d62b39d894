#!/bin/sh
# guarded.sh FOLDER COMMAND...
#
# Becomes COMMAND. A process beside it reads descriptor 3. The word `ended` tells it that COMMAND was seen
# to its end. A closed pipe tells it that whoever started this has ended, in whatever way: then it ends
# COMMAND and removes FOLDER.
folder=$1
shift
(
  read -r word <&3
  [ "$word" = ended ] && exit
  kill -TERM $$
  rounds=0
  while kill -0 $$ && [ $rounds -lt 100 ]; do
    rounds=$((rounds + 1))
    sleep 0.1
  done
  rm -rf "$folder"
) >/dev/null 2>&1 &
exec "$@" 3<&-
