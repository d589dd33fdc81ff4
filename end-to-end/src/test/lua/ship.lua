-- Calls the filter as Fluent Bit does: for each "tag<TAB>line" of standard input prints what would be sent, "id<TAB>value", or "-".
dofile(arg[1])

for input in io.lines() do
  local tag, line = input:match("^([^\t]*)\t(.*)$")
  local code, _, record = ship(tag, 1776241800.5, { log = line })
  if code == 2 then
    print(record.event_id .. "\t" .. record.value)
    for name in pairs(record) do
      assert(name == "event_id" or name == "value", name)
    end
  else
    assert(code == -1, code)
    print("-")
  end
end
