using JobForge.Bench;

return await BenchCommand.Create().Parse(args).InvokeAsync();
