using Serverless.App.Hosting;

return await AppOptions.RunAsync(args, CloudHost.RunAsync);
