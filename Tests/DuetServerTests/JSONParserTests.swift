import DuetServer
import Foundation
import SeededRandom
import Testing

/// The parser against Foundation's.
@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue {
        try Data(text.utf8).withUnsafeBytes { try JSONParser.value(of: $0) }
    }

    @Test("Values are read as they are")
    func good() throws {
        #expect(try parse(" [ 1 , 2.5,-3e2, 0, -0.0 ]\n") == .numbers([1, 2.5, -300, 0, 0]))
        #expect(try parse("[1,\"a\",null]") == .array([.number(1), .string("a"), .null]))
        #expect(
            try parse(#"{"a":{"b":[]},"c":true}"#) == .object(["a": .object(["b": .numbers([])]), "c": .bool(true)]))
        #expect(try parse(#""\u00e9\n\ud83d\ude00\/""#) == .string("é\n😀/"))
        #expect(try parse("[[1],[2]]") == .array([.numbers([1]), .numbers([2])]))
    }

    @Test(
        "Numbers are rounded as Swift rounds them",
        arguments: [
            "0.1", "123456.789", "1e-320", "5e-324", "1.7976931348623157e308", "0.30000000000000004",
            "9007199254740993", "3.4028235e38",
            "123456789012345", "1234567890123456", "0.000000000000001", "1E5", "100000000000000000000000",
        ])
    func numbers(text: String) throws {
        #expect(try parse(text) == .number(try #require(Double(text))))
        #expect(try parse("[-\(text)]") == .numbers([-(try #require(Double(text)))]))
    }

    @Test(
        "What is not JSON is refused",
        arguments: [
            "", " ", "{", "[", "[1,]", "[,1]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "'a'", "01", "1.",
            ".5", "-", "+1", "1e", "1e+",
            "tru", "nulL", "\"\u{1}\"", "\"\\x\"", "\"\\u12g4\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "[1 2]", "1 1",
            "\u{FEFF}1", "NaN", "Infinity",
            "1e400", "/**/1", "{\"a\":1,\"a\":2}",
        ])
    func bad(text: String) {
        #expect(throws: JSONProblem.self) { try parse(text) }
    }

    @Test("Text that is no UTF-8 is refused")
    func encoding() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFF], [0x22, 0xC0, 0x80, 0x22],
        ] {
            #expect(throws: JSONProblem.self) { try bytes.withUnsafeBytes { try JSONParser.value(of: $0) } }
        }
    }

    @Test("Broken texts are refused where Foundation refuses them, and never more is accepted")
    func mutations() throws {
        let texts = [
            #"{"inputs":[{"name":"image","shape":[1,6,6,1],"datatype":"FP32","data":[0.5,1e3,-7]}],"id":"a\u0041\n"}"#,
            #"[[],[[1,2],[3.25e-2]],{"a":null,"b":[true,false,"é"]}]"#,
        ]
        var generator = SeededGenerator(seed: 5)
        var accepted = 0
        for round in 0..<20_000 {
            var bytes = Array(texts[round % texts.count].utf8)
            for _ in 0...Int(generator.next() % 3) {
                let place = Int(generator.next() % UInt64(bytes.count))
                switch generator.next() % 3 {
                case 0: bytes.remove(at: place)
                case 1: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
                default: bytes.insert(Array("[]{},:\"\\0-e.".utf8)[Int(generator.next() % 12)], at: place)
                }
            }
            guard (try? bytes.withUnsafeBytes({ try JSONParser.value(of: $0) })) != nil else { continue }
            accepted += 1
            let read = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            #expect(read != nil, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(accepted > 500)
    }
}
