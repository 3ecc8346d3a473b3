using JobForge.Bench;

// The benchmarks start this program again for load and work from processes of their own.
return args switch
{
    [LoadProcess.Name, .. var rest] => await LoadProcess.ServeAsync(rest),
    [SharedBench.Name, .. var rest] => await SharedBench.WorkAsync(rest),
    _ => await BenchCommand.Create().Parse(args).InvokeAsync(),
};
