/// Labels as numbers from 0 up, in the order in which they first appear, and how many different ones there are.
func numbered(_ labels: [Int]) -> (numbers: [Int], count: Int) {
    var numbers: [Int: Int] = [:]
    let found = labels.map { label in
        let number = numbers[label] ?? numbers.count
        numbers[label] = number
        return number
    }
    return (found, numbers.count)
}
