using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;
using Serverless.Local.Certificates;

namespace Serverless.Azure.Tests.IotHub;

/// <summary>A fake hub behind HTTPS on a free port, for clients that are no part of this process.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly WebApplication running;

    private HubServer(WebApplication running) => this.running = running;

    public int Port => new Uri(running.Urls.Single()).Port;

    public static async Task<HubServer> StartAsync(FakeIotHub hub, DevelopmentCertificates certificates)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificates.Server)));
        var app = builder.Build();
        var client = new HttpMessageInvoker(hub);
        app.Run(async context => await AnswerAsync(context, client));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new HubServer(app);
    }

    public ValueTask DisposeAsync() => running.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, HttpMessageInvoker hub)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.GetEncodedUrl());
        using var body = new StreamContent(context.Request.Body);
        if (context.Request.Headers.ContentType.Count > 0)
        {
            request.Content = body;
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        using var answer = await hub.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers)
        {
            context.Response.Headers.Append(name, values.ToArray());
        }

        if (answer.StatusCode != HttpStatusCode.NoContent)
        {
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }
}
