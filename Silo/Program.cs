using JobForge.Silo.Hosting;

return await SiloCommand.Create().Parse(args).InvokeAsync();
