using System.Net;
using System.Net.Sockets;
using System.Text;
using Serverless.Domain.Webhooks;
using Serverless.Domain.Webhooks.Network;

namespace Serverless.Domain.Tests.Webhooks;

/// <summary>Requests over real sockets: to checked addresses only, without redirects, and with answers of any kind.</summary>
public sealed class EndpointTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_that_means_a_public_address_first_and_a_private_one_then_gains_nothing()
    {
        var answers = new Queue<IPAddress[]>([
            [IPAddress.Parse("93.184.216.34")],
            [IPAddress.Loopback],
        ]);
        var connector = new CheckedConnector(new WebhookOptions(), (_, _) => Task.FromResult(answers.Dequeue()));
        var endpoint = new DnsEndPoint("rebinding.example", 443);

        Assert.Equal("93.184.216.34", $"{Assert.Single(await connector.FindAsync(endpoint, Cancellation))}");
        await Assert.ThrowsAsync<AddressRefusedException>(() => connector.ConnectAsync(endpoint, Cancellation).AsTask());
    }

    [Theory]
    [InlineData("93.184.216.34,10.0.0.1")]
    [InlineData("::1,93.184.216.34")]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task One_address_that_is_refused_refuses_the_name(string addresses)
    {
        var found = addresses.Split(',').Select(IPAddress.Parse).ToArray();
        var connector = new CheckedConnector(new WebhookOptions(), (_, _) => Task.FromResult(found));

        await Assert.ThrowsAsync<AddressRefusedException>(() => connector.FindAsync(new DnsEndPoint("mixed.example", 443), Cancellation));
    }

    [Fact]
    public async Task An_allowed_host_is_allowed_at_its_port_alone()
    {
        var options = new WebhookOptions { Allow = new HashSet<string> { "dev.example:9000" } };
        var connector = new CheckedConnector(options, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));

        Assert.Single(await connector.FindAsync(new DnsEndPoint("DEV.example", 9000), Cancellation));
        await Assert.ThrowsAsync<AddressRefusedException>(() => connector.FindAsync(new DnsEndPoint("dev.example", 443), Cancellation));
    }

    [Fact]
    public async Task A_redirect_is_an_answer_like_any_other()
    {
        using var server = new OneAnswerServer("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n");

        var answer = await SendAsync(server);

        Assert.Equal((302, false), (answer.Status, answer.IsSuccess));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Of_an_endless_answer_no_more_than_the_bound_is_read()
    {
        using var server = new OneAnswerServer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1000\r\n" + new string('x', 0x1000) + "\r\n"
        );

        var answer = await SendAsync(server);

        Assert.Equal((200, 64 * 1024), (answer.Status, answer.Body.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public async Task What_is_no_whole_answer_is_a_failure_in_few_words(string bytes)
    {
        using var server = new OneAnswerServer(bytes);

        var answer = await SendAsync(server);

        Assert.NotNull(answer.Failure);
        Assert.DoesNotContain("127.0.0.1", answer.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_stands_where_the_body_is_cut_off()
    {
        using var server = new OneAnswerServer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");

        var answer = await SendAsync(server);

        Assert.Equal((200, null), (answer.Status, answer.Failure));
    }

    [Fact]
    public async Task A_closed_port_is_a_failure()
    {
        int port;
        using (var server = new OneAnswerServer(""))
        {
            port = server.Port;
        }

        Assert.Equal("The connection was refused.", (await SendAsync(port)).Failure);
    }

    [Fact]
    public async Task An_address_that_is_not_allowed_any_more_is_not_called()
    {
        using var server = new OneAnswerServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var client = new WebhookClient(new WebhookOptions(), TimeProvider.System);

        var answer = await client.SendAsync(Hook(server.Port), new HttpRequestMessage(HttpMethod.Post, (Uri?)null), false, Cancellation);

        Assert.True(answer.IsRefused);
        Assert.Equal(0, server.Connections);
    }

    private static Task<WebhookAnswer> SendAsync(OneAnswerServer server) => SendAsync(server.Port);

    private static async Task<WebhookAnswer> SendAsync(int port)
    {
        var options = new WebhookOptions { Allow = new HashSet<string> { $"127.0.0.1:{port}" } };
        using var client = new WebhookClient(options, TimeProvider.System);
        var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null) { Content = new ByteArrayContent([1, 2, 3]) };
        return await client.SendAsync(Hook(port), request, true, Cancellation);
    }

    private static Webhook Hook(int port) =>
        new()
        {
            Id = "1",
            Url = $"http://127.0.0.1:{port}/",
            Created = DateTimeOffset.UnixEpoch,
            Updated = DateTimeOffset.UnixEpoch,
        };

    /// <summary>Answers each connection's first bytes with the same, then with more for as long as the other side reads, and closes it.</summary>
    private sealed class OneAnswerServer : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly byte[] answer;
        private readonly byte[] more;
        private int connections;

        public OneAnswerServer(string answer, string more = "")
        {
            (this.answer, this.more) = (Encoding.ASCII.GetBytes(answer), Encoding.ASCII.GetBytes(more));
            listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public int Connections => Volatile.Read(ref connections);

        public void Dispose() => listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var socket = await listener.AcceptSocketAsync();
                    Interlocked.Increment(ref connections);
                    await socket.ReceiveAsync(new byte[4096]);
                    await socket.SendAsync(answer);
                    while (more.Length > 0)
                    {
                        await socket.SendAsync(more);
                    }
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                // The client has what it wants, or the test is over.
            }
        }
    }
}
