# docs/images/digits-robustness.png: what recordings.py measured, of the model that Duet ships and of one that was trained with
# --augment standard.
# gnuplot benchmarks/digits/robustness.gnuplot
set terminal pngcairo size 1000,520 font "DejaVu Sans,11"
set output "docs/images/digits-robustness.png"
$accuracies << EOD
"as it is" 0.9795 0.985
"babble 20 dB" 0.9744 0.974
"babble 10 dB" 0.8872 0.810
"babble 5 dB" 0.7231 0.682
"white noise 20 dB" 0.9692 0.949
"white noise 10 dB" 0.9128 0.728
"room 0.3 s" 0.9692 0.954
"room 0.6 s" 0.9487 0.918
"telephone" 0.8923 0.677
"gain −20 dB" 0.9641 0.969
"gain +20 dB, clipped" 0.8564 0.795
"0.3 s late" 0.9692 0.949
"0.3 s early" 0.9795 0.974
"0.5 s around" 0.9744 0.939
EOD
set style data histograms
set style histogram clustered gap 1
set style fill solid border -1
set boxwidth 0.9
set yrange [0.6:1]
set ylabel "accuracy, audio alone"
set grid ytics
set xtics rotate by -40 nomirror
set bmargin 8
set rmargin 6
set key top right outside horizontal
plot $accuracies using 3:xtic(1) title "trained with --augment standard" linecolor rgb "#b8c4d0", \
    $accuracies using 2 title "this model" linecolor rgb "#2a6db0"
