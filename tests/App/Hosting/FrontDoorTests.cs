using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Serverless.App.Hosting;

namespace Serverless.App.Tests.Hosting;

public sealed class FrontDoorTests
{
    private static readonly Guid Ours = Guid.Parse("3f1c6a2e-52a1-4a11-9f0b-0a6c9f1f7a10");

    [Fact]
    public async Task Through_our_front_door_the_caller_is_who_connected_to_it()
    {
        var context = await RunAsync($"{Ours}", "203.0.113.9", "iot.azurefd.net");

        Assert.Equal(IPAddress.Parse("203.0.113.9"), context.Connection.RemoteIpAddress);
        Assert.Equal("https://iot.azurefd.net", $"{context.Request.Scheme}://{context.Request.Host}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("anything")]
    [InlineData("11111111-52a1-4a11-9f0b-0a6c9f1f7a10")]
    public async Task Through_another_one_nothing_that_it_says_counts(string? id)
    {
        var context = await RunAsync(id, "203.0.113.9", "evil.example");

        Assert.Equal(IPAddress.Loopback, context.Connection.RemoteIpAddress);
        Assert.Equal("http://app.azurewebsites.net", $"{context.Request.Scheme}://{context.Request.Host}");
    }

    [Theory]
    [InlineData("unknown", "a host/with a path")]
    [InlineData("", "")]
    [InlineData(null, null)]
    public async Task What_cannot_be_read_leaves_the_connections_own(string? address, string? host)
    {
        var context = await RunAsync($"{Ours}", address, host);

        Assert.Equal(IPAddress.Loopback, context.Connection.RemoteIpAddress);
        Assert.Equal("app.azurewebsites.net", context.Request.Host.Value);
    }

    [Fact]
    public async Task Two_ids_are_none()
    {
        var context = NewContext();
        context.Request.Headers.Append("X-Azure-FDID", $"{Ours}");
        context.Request.Headers.Append("X-Azure-FDID", $"{Ours}");
        context.Request.Headers["X-Azure-SocketIP"] = "203.0.113.9";

        await RunAsync(context);

        Assert.Equal(IPAddress.Loopback, context.Connection.RemoteIpAddress);
    }

    private static async Task<HttpContext> RunAsync(string? id, string? address, string? host)
    {
        var context = NewContext();
        foreach (var (name, value) in new[] { ("X-Azure-FDID", id), ("X-Azure-SocketIP", address), ("X-Forwarded-Host", host) })
        {
            if (value is not null)
            {
                context.Request.Headers[name] = value;
            }
        }

        await RunAsync(context);
        return context;
    }

    private static Task RunAsync(HttpContext context)
    {
        var app = new ApplicationBuilder(new ServiceCollection().BuildServiceProvider());
        app.UseFrontDoor(Ours);
        app.Run(_ => Task.CompletedTask);
        return app.Build()(context);
    }

    private static DefaultHttpContext NewContext() =>
        new()
        {
            Connection = { RemoteIpAddress = IPAddress.Loopback },
            Request = { Scheme = "http", Host = new HostString("app.azurewebsites.net") },
        };
}
