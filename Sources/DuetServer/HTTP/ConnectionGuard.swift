import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Watches over one connection: how long a header and a body may take to come, and that a connection ends where the rest of a body is
/// not wanted.
///
/// Hummingbird's own timeout begins anew with every byte, so a client that sends one a second would stay for ever.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let connections: Connections
    private let readTimeout: TimeAmount
    private let idleTimeout: TimeAmount
    private let mostBodyBytes: Int
    /// How long a client may take to read a response to a request that was not read to its end.
    private static let lingering = TimeAmount.seconds(2)

    private var timer: Scheduled<Void>?
    /// Requests whose response has not been written.
    private var unanswered = 0
    private var isReadingBody = false
    private var closesAfterResponse = false

    init(_ connections: Connections, _ settings: ServerSettings) {
        self.connections = connections
        readTimeout = TimeAmount(settings.readTimeout)
        idleTimeout = TimeAmount(settings.idleTimeout)
        mostBodyBytes = settings.mostBodyBytes
    }

    func channelActive(context: ChannelHandlerContext) {
        connections.opened(context.channel)
        close(context.channel, in: idleTimeout)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        connections.closed(context.channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let request):
            unanswered += 1
            isReadingBody = true
            connections.mark(context.channel, idle: false)
            close(context.channel, in: readTimeout)
            // Clients with a large body wait for this word; those whose body is too large are told by the response.
            let length = request.headerFields[.contentLength].flatMap { Int($0) } ?? 0
            if request.headerFields[.expect]?.lowercased() == "100-continue", length <= mostBodyBytes {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body: break
        case .end:
            isReadingBody = false
            timer?.cancel()
            if unanswered == 0 { becomeIdle(context.channel) }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let response):
            if response.headerFields[.connection] == "close" { closesAfterResponse = true }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            unanswered -= 1
            guard closesAfterResponse else {
                context.write(data, promise: promise)
                if unanswered == 0, !isReadingBody { becomeIdle(context.channel) }
                return
            }
            context.writeAndFlush(data, promise: promise)
            // What has been sent but not read would make the system reset the connection, and the response be lost. So the client is
            // given the time to see it.
            let channel = context.channel
            if isReadingBody {
                context.close(mode: .output, promise: nil)
                close(channel, in: Self.lingering)
            } else {
                context.close(promise: nil)
            }
        }
    }

    private func becomeIdle(_ channel: any Channel) {
        connections.mark(channel, idle: true)
        close(channel, in: idleTimeout)
    }

    private func close(_ channel: any Channel, in time: TimeAmount) {
        timer?.cancel()
        timer = channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
