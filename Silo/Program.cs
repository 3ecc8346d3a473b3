using JobForge.Silo.Hosting;

return await SiloCommand.InvokeAsync(args);
